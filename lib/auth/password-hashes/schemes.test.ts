import { describe, expect, it } from "vitest";
import { upgradedHash, verifyPassword } from "@/lib/auth/password";
import { isVerifiableHash } from "./schemes";

/** Made by passlib 1.7.4, Django 5, argon2-cffi and libxcrypt. */

const PASSWORD = "p\u00e4ssw\u00f6rd of old";

const vectors: Record<string, string> = {
  "passlib pbkdf2_sha256": "$pbkdf2-sha256$1000$tTYmhNCa05pTKqVUqvV.bw$kn6gFMDO8HxJb8dQeVBO/Bthci/ize2o7cqmjGIbKNU",
  "bcrypt 2a": "$2a$04$O9FbhOWZAGlt2g3Kzu3ffO6UeNIc40jQkcOx3CfHWw.opG71kJ9h2",
  "bcrypt 2b": "$2b$04$DpSX.oeMqD35OeAhrMkyJeBaHEJaAbwhFWRB4x2jDjN.IJUnfUpYe",
  "bcrypt 2y": "$2y$04$myFPZBhnH5ra.6SAA.nxbOTyumy5S36BEx10Kikz98wUKd1A6G4hq",
  "bcrypt with superfluous bits in its salt": "$2b$04$DpSX.oeMqD35OeAhrMkyJfBaHEJaAbwhFWRB4x2jDjN.IJUnfUpYe",
  "passlib bcrypt_sha256, version 1": "$bcrypt-sha256$2a,4$Pa58ixniXSZNUkLZPQpA2e$Hn.V7frle0TZfQGV3jjtuvdf2XcHnBC",
  "passlib bcrypt_sha256, version 2":
    "$bcrypt-sha256$v=2,t=2b,r=4$Lfia12cuY7SFbD16DOywlu$SMN4kZ5SomddxCQ6jgK.UDQgzMwhytK",
  "Django pbkdf2_sha256": "pbkdf2_sha256$1000$saltsaltsaltsaltsaltsa$mwlIQfpoXA3KEKsemvhAs8s4R5goInEajh8yIqIz5Kg=",
  "Django bcrypt_sha256": "bcrypt_sha256$$2b$04$ne5ccf40x92uljSL97bwQetfdAImSzRXAPe96aCyWc3BZ8Qv3jwFe",
  "Django bcrypt": "bcrypt$$2b$04$McuPN8k0KzHn/bRvUeRkb.UP0QW/IXF0IiRYe6Eg3XnniUvq5/e5K",
  "Django argon2":
    "argon2$argon2id$v=19$m=64,t=1,p=2$c2FsdHNhbHRzYWx0c2FsdA$ZhLlMOlI9zij6TAw42bYCzZ14ZWL1YWqeQL0INreNA8",
  "argon2id with other parameters":
    "$argon2id$v=19$m=128,t=3,p=4$07LPF5o4wqIDUksl0BwxJA$I2gGPRdsgvvrfh3sDXsLPSC9hxKvP/ptAuJWSEq28TU",
  argon2i: "$argon2i$v=19$m=128,t=3,p=4$FJ4DdSrEkt2We6iT3Cym4w$mPkIa2Cg+u3LU+m+wFACQfRWSt/RYRDt7lOiyhpOi+8",
};

describe("a hash of another system", () => {
  it.each(Object.entries(vectors))("%s is verified, and replaced by today's", async (_, stored) => {
    expect(isVerifiableHash(stored)).toBe(true);
    expect(await verifyPassword(stored, PASSWORD)).toBe(true);
    for (const wrong of ["", `${PASSWORD} `, PASSWORD.toUpperCase()]) {
      expect(await verifyPassword(stored, wrong)).toBe(false);
    }
    const upgraded = (await upgradedHash(stored, PASSWORD)) ?? "";
    expect(upgraded).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(upgraded, PASSWORD)).toBe(true);
    expect(await upgradedHash(upgraded, PASSWORD)).toBeUndefined();
    // Two at once make the same one; another hash of the same password another.
    expect(await upgradedHash(stored, PASSWORD)).toBe(upgraded);
  });

  it("of a text in decomposed form opens to that text, and after the upgrade to every form", async () => {
    const typed = PASSWORD.normalize("NFD");
    const stored = "$pbkdf2-sha256$1000$JkRIidE6hxCi9N77X6uVkg$uNEz6/6Zy0wIONk.arSugWLy/r9OYpzDRE4SNgcqAIQ";
    expect(await verifyPassword(stored, typed)).toBe(true);
    const upgraded = (await upgradedHash(stored, typed)) ?? "";
    expect(await verifyPassword(upgraded, typed)).toBe(true);
    expect(await verifyPassword(upgraded, PASSWORD)).toBe(true);
  });

  it("of a text in composed form opens to the decomposed one too", async () => {
    for (const stored of Object.values(vectors)) {
      expect(await verifyPassword(stored, PASSWORD.normalize("NFD"))).toBe(true);
    }
  });

  it("of a password beyond the 72 bytes of bcrypt looks at those, or at all of its digest", async () => {
    const long = "x".repeat(72);
    const plain = "$2b$04$2w9ejh4Rvnan4xXU5iPgseC8IZNmLhNX5lK9VTO1pbaTKDxi9MZVO";
    const digested = "$bcrypt-sha256$v=2,t=2b,r=4$8Z9PbmRAoB5R0S7QqDLGe.$jsaTpRx5yrTvGpkAgYMmqNX6jrfxAim";
    expect(await verifyPassword(plain, `${long}tail`)).toBe(true);
    expect(await verifyPassword(plain, long.slice(1))).toBe(false);
    expect(await verifyPassword(digested, `${long}tail`)).toBe(true);
    expect(await verifyPassword(digested, `${long}tale`)).toBe(false);
  });
});

const bcryptOf = (cost: string) => `$2b$${cost}$DpSX.oeMqD35OeAhrMkyJeBaHEJaAbwhFWRB4x2jDjN.IJUnfUpYe`;
const argon2Of = (parameters: string) =>
  `$argon2id$v=19$${parameters}$07LPF5o4wqIDUksl0BwxJA$I2gGPRdsgvvrfh3sDXsLPSC9hxKvP/ptAuJWSEq28TU`;
const passlibOf = (rounds: string) =>
  `$pbkdf2-sha256$${rounds}$tTYmhNCa05pTKqVUqvV.bw$kn6gFMDO8HxJb8dQeVBO/Bthci/ize2o7cqmjGIbKNU`;
const djangoOf = (rounds: string) => `pbkdf2_sha256$${rounds}$salt$mwlIQfpoXA3KEKsemvhAs8s4R5goInEajh8yIqIz5Kg=`;

describe("the cost of a hash", () => {
  it.each([
    ...["04", "12", "14"].map(bcryptOf),
    ...["m=65536,t=3,p=4", "m=102400,t=2,p=8", "m=262144,t=4,p=16", "m=8,t=1,p=1"].map(argon2Of),
    ...["1000", "29000", "5000000"].flatMap((rounds) => [passlibOf(rounds), djangoOf(rounds)]),
  ])("may be that of %s", (stored) => {
    expect(isVerifiableHash(stored)).toBe(true);
  });

  it.each([
    ...["03", "15", "31", "99", "4"].map(bcryptOf),
    `bcrypt$${bcryptOf("15")}`,
    `bcrypt_sha256$${bcryptOf("31")}`,
    "$bcrypt-sha256$v=2,t=2b,r=31$Lfia12cuY7SFbD16DOywlu$SMN4kZ5SomddxCQ6jgK.UDQgzMwhytK",
    ...["m=262145,t=1,p=1", "m=9999999,t=1,p=1", "m=262144,t=5,p=1", "m=64,t=999,p=17", "m=7,t=1,p=1"].map(argon2Of),
    ...["m=64,t=0,p=1", "m=64,t=1,p=0", "m=64,t=1,p=9"].map(argon2Of),
    ...["0", "999", "5000001", "99999999"].flatMap((rounds) => [passlibOf(rounds), djangoOf(rounds)]),
  ])("may not be that of %s, to which no password belongs", async (stored) => {
    expect(isVerifiableHash(stored)).toBe(false);
    expect(await verifyPassword(stored, PASSWORD)).toBe(false);
  });
});

it.each([
  "",
  "x",
  "!",
  "!unusable",
  "5f4dcc3b5aa765d61d8327deb882cf99",
  "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
  "pbkdf2_sha1$1000$salt$aaaa=",
  "$2x$04$DpSX.oeMqD35OeAhrMkyJeBaHEJaAbwhFWRB4x2jDjN.IJUnfUpYe",
  `${bcryptOf("04")}\n`,
  ` ${bcryptOf("04")}`,
  bcryptOf("04").slice(0, -1),
  argon2Of("m=64,t=1,p=1,keyid=x"),
  argon2Of("m=64,t=1,p=1").replace("argon2id", "argon2d"),
  `pbkdf2_sha256$1000$${"s".repeat(5000)}$mwlIQfpoXA3KEKsemvhAs8s4R5goInEajh8yIqIz5Kg=`,
])("%j is no hash", async (text) => {
  expect(isVerifiableHash(text)).toBe(false);
  expect(await verifyPassword(text, PASSWORD)).toBe(false);
});

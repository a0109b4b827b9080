import { randomUUID } from "node:crypto";
import { base64url, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { setDatabaseUrl } from "@/lib/config/env";
import { checkLinkToken, type LinkHolder, linkUrl, signLinkToken } from "./links";

const SECRET = process.env.AUTH_SECRET ?? "";

const holder = (changes: Partial<LinkHolder> = {}): LinkHolder => ({
  id: "0198c0de-0000-7000-8000-000000000001",
  loginId: "Ann@example.com",
  loginIdCanonical: "ann@example.com",
  passwordHash: "$argon2id$old",
  lastLogin: "1700000000.123456",
  isNotDisabled: true,
  isVerified: true,
  locale: null,
  now: 1_800_000_000.5,
  ...changes,
});

const signed = async (purpose: "reset" | "verify" = "reset") => (await signLinkToken(holder(), purpose)).token;

describe("a link token", () => {
  it("is good for its holder and purpose, and vouches for a detail", async () => {
    const { token, expiresAt } = await signLinkToken(holder(), "confirm-login", { detail: "new@example.com" });
    expect(await checkLinkToken(holder(), "confirm-login", token)).toEqual({ detail: "new@example.com" });
    expect(expiresAt).toEqual(new Date((1_800_000_000 + 240 * 60) * 1000));
  });

  it.each<[string, Partial<LinkHolder>]>([
    ["another user", { id: randomUUID() }],
    ["a sign-in", { lastLogin: "1700000000.123457" }],
    ["a first sign-in", { lastLogin: "" }],
    ["a new password", { passwordHash: "$argon2id$new" }],
    ["a removed password", { passwordHash: null }],
    ["another login id", { loginIdCanonical: "anna@example.com" }],
    ["disabling", { isNotDisabled: false }],
    ["losing the verification", { isVerified: false }],
  ])("dies by %s", async (_what, change) => {
    expect(await checkLinkToken(holder(change), "reset", await signed())).toBeNull();
  });

  it("survives what is no change of the account's access", async () => {
    const others = holder({ loginId: "ann@example.com", locale: "es", now: 1_800_000_001 });
    expect(await checkLinkToken(others, "reset", await signed())).not.toBeNull();
  });

  it("for a new address survives signing in, and nothing else", async () => {
    const { token } = await signLinkToken(holder(), "confirm-login", { detail: "new@example.com" });
    expect(await checkLinkToken(holder({ lastLogin: "1800000000" }), "confirm-login", token)).not.toBeNull();
    expect(await checkLinkToken(holder({ passwordHash: "$argon2id$new" }), "confirm-login", token)).toBeNull();
  });

  it("of a disabled account is good for nothing, even if it was signed while disabled", async () => {
    const disabled = holder({ isNotDisabled: false });
    const { token } = await signLinkToken(disabled, "reset");
    expect(await checkLinkToken(disabled, "reset", token)).toBeNull();
  });

  it.each(["reset", "verify", "confirm-login", "resend"] as const)(
    "for %s is good for nothing else",
    async (purpose) => {
      const { token } = await signLinkToken(holder(), purpose);
      const good = [];
      for (const other of ["reset", "verify", "confirm-login", "resend"] as const) {
        if (await checkLinkToken(holder(), other, token)) good.push(other);
      }
      expect(good).toEqual([purpose]);
    },
  );

  it("ends at the second, by the clock that is given", async () => {
    const token = await signed();
    const end = 1_800_000_000 + 240 * 60;
    expect(await checkLinkToken(holder({ now: end - 1 }), "reset", token)).not.toBeNull();
    expect(await checkLinkToken(holder({ now: end + 1 }), "reset", token)).toBeNull();
  });

  it("is not good with any one character changed, taken away or added", async () => {
    const token = await signed();
    const survivors: string[] = [];
    for (let at = 0; at < token.length; at += 1) {
      for (const other of ["A", "B", "_", ".", "=", ""].filter((char) => char !== token[at])) {
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        if (await checkLinkToken(holder(), "reset", changed)) survivors.push(changed);
      }
    }
    for (const added of [`${token}=`, `${token}A`, ` ${token}`, `${token}\n`, `${token}.`]) {
      if (await checkLinkToken(holder(), "reset", added)) survivors.push(added);
    }
    expect(survivors).toEqual([]);
  });

  it.each([
    ["", "nothing"],
    ["x", "no token"],
    ["..", "empty parts"],
    ["a.b.c", "no base64url"],
    ["\u0000.\u0000.\u0000", "NUL"],
    ["é.é.é", "other characters"],
  ])("refuses %j (%s)", async (token) => {
    expect(await checkLinkToken(holder(), "reset", token)).toBeNull();
  });

  it("refuses unsigned tokens and those of other algorithms or keys", async () => {
    const payload = { purpose: "reset", iss: "http://localhost:3000", aud: "link:reset", sub: holder().id };
    const times = { iat: 1_800_000_000, exp: 1_900_000_000 };
    const encoded = (value: object) => base64url.encode(JSON.stringify(value));
    const none = `${encoded({ alg: "none" })}.${encoded({ ...payload, ...times })}.`;
    const forged = new SignJWT({ ...payload, ...times }).setProtectedHeader({ alg: "HS512" });
    const plainSecret = await forged.sign(new TextEncoder().encode(SECRET));
    const otherAlgorithm = await new SignJWT({ ...payload, ...times })
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(SECRET));
    for (const token of [none, plainSecret, otherAlgorithm]) {
      expect(await checkLinkToken(holder(), "reset", token)).toBeNull();
    }
  });

  it("signed with a secret that was rotated is good until the secret is taken off the list", async () => {
    const token = await signed();
    const withSecrets = (value: string) => {
      process.env.AUTH_SECRET = value;
      setDatabaseUrl("");
    };
    try {
      withSecrets(`another secret that is long enough to be used,${SECRET}`);
      expect(await checkLinkToken(holder(), "reset", token)).not.toBeNull();
      withSecrets("another secret that is long enough to be used");
      expect(await checkLinkToken(holder(), "reset", token)).toBeNull();
    } finally {
      withSecrets(SECRET);
    }
  });

  it("leads to the configured address, whatever a request says", () => {
    expect(linkUrl("verify", "u", "t")).toBe("http://localhost:3000/verify-account/u/t");
  });
});

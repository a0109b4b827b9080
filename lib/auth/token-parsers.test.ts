import { eq } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, signedIn } from "@/lib/testing/factories";
import { propertyRuns } from "@/lib/testing/property-runs";
import { createAccessToken, findTokenPrincipal } from "./access-tokens";
import { checkLinkToken, findLinkHolder, signLinkToken } from "./links";
import { findPrincipal } from "./session";

/** Whatever is sent in place of a token: an honest "no", never an error and never a "yes". */

setUpTestDatabase();

type Reader = {
  /** Two that are good. */
  good: [string, string];
  read: (token: string) => Promise<unknown>;
};

const readers: Record<string, Reader> = {};

beforeAll(async () => {
  const [ann, bob] = [await createTestUser(), await createTestUser()];
  const access = async () => (await createAccessToken(testContext(), ann)).accessToken;
  readers["an access token"] = { good: [await access(), await access()], read: (token) => findTokenPrincipal(token) };

  const sessions = [(await signedIn(ann)).token, (await signedIn(bob)).token] as [string, string];
  readers["a session"] = { good: sessions, read: (token) => findPrincipal(token) };

  const holder = await findLinkHolder(database(), eq(users.id, ann.id));
  if (!holder) throw new Error("there is no such user");
  const link = async (minutes: number) => (await signLinkToken(holder, "reset", { minutes })).token;
  readers["a link"] = {
    good: [await link(5), await link(6)],
    read: (token) => checkLinkToken(holder, "reset", token),
  };
});

const base64url = fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
const part = fc.string({ unit: base64url, maxLength: 60 });
const jsonPart = fc.json().map((text) => Buffer.from(text).toString("base64url"));
const header = fc
  .record({
    alg: fc.constantFrom("none", "HS512", "HS256", "RS256", "", null, 1, []),
    typ: fc.constantFrom("at+jwt", "JWT"),
  })
  .map((value) => Buffer.from(JSON.stringify(value)).toString("base64url"));

const garbage = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: base64url, minLength: 43, maxLength: 43 }),
  fc.array(fc.oneof(part, jsonPart), { minLength: 1, maxLength: 5 }).map((parts) => parts.join(".")),
  fc.tuple(header, jsonPart, part).map((parts) => parts.join(".")),
);

/** One character changed by some of its bits, one left out, one more, or cut off. */
const damage = fc.record({
  at: fc.nat(),
  mask: fc.integer({ min: 1, max: 127 }),
  kind: fc.constantFrom("flip", "drop", "double", "cut"),
});

function damaged(token: string, { at, mask, kind }: { at: number; mask: number; kind: string }): string {
  const index = at % token.length;
  const [before, character, after] = [token.slice(0, index), token.charAt(index), token.slice(index + 1)];
  if (kind === "cut") return before;
  if (kind === "drop") return before + after;
  const other = kind === "flip" ? String.fromCharCode(character.charCodeAt(0) ^ mask) : character + character;
  return before + other + after;
}

describe.each(["an access token", "a session", "a link"])("what is read as %s", (name) => {
  const readerOf = () => readers[name] as Reader;

  it("is one where it is whole", async () => {
    const { good, read } = readerOf();
    for (const token of good) expect(await read(token)).not.toBeNull();
  });

  it("is none where it is anything", async () => {
    const { read } = readerOf();
    await fc.assert(
      fc.asyncProperty(garbage, async (token) => {
        expect(await read(token)).toBeNull();
      }),
      propertyRuns(300),
    );
  });

  it("is none where a good one is damaged anywhere", async () => {
    const { good, read } = readerOf();
    const [token] = good;
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const bad = damaged(token, how);
        // Doubling or dropping one of two equal neighbours and the like leaves another text in any case.
        if (bad !== token) expect(await read(bad)).toBeNull();
      }),
      propertyRuns(300),
    );
  });

  it("is none where it is put together from two good ones", async () => {
    const { good, read } = readerOf();
    const [one, other] = good;
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (at) => {
        const index = at % one.length;
        const mixed = one.slice(0, index) + other.slice(index);
        if (!good.includes(mixed)) expect(await read(mixed)).toBeNull();
      }),
      propertyRuns(200),
    );
  });
});

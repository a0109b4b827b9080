import { eq, inArray, or } from "drizzle-orm";
import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalLoginId, isEmailAddress, isLoginId } from "@/lib/auth/login-id";
import { database } from "@/lib/db/client";
import { attemptBudgets, attempts } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { Taken } from "@/lib/errors";
import { guess } from "@/lib/testing/attempts";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { userInput } from "@/lib/testing/factories";
import { propertyRuns } from "@/lib/testing/property-runs";
import { createUser } from "./service";

/** Two spellings are one login id for the limiter, for the unique index and for whoever looks it up, or for none of them. */

setUpTestDatabase();

/** Letters with a second face: folded to one another, or only alike. */
const letter = fc.constantFrom(
  ...["a", "A", "\uff41", "k", "K", "\u212a", "i", "I", "\u0131", "\u0130", "s", "ß", "ſ", "é", "e\u0301", "e"],
  ...["ﬁ", "fi", "\u0430", ".", "+", "-", "1", "１", "²", "2"],
);
const local = fc.array(letter, { minLength: 1, maxLength: 4 }).map((letters) => letters.join(""));
const at = fc.constantFrom("@", "\uff20", "\ufe6b");
const dot = fc.constantFrom(".", "\uff0e", "\u3002");
const domain = fc
  .tuple(fc.constantFrom("x", "X", "bücher", "bu\u0308cher", "xn--bcher-kva", "XN--BCHER-KVA"), dot)
  .map(([label, point]) => `${label}${point}example`);
const around = fc.constantFrom("", " ", "\t", "\u00a0", "\r\n");
const spelling = fc
  .tuple(around, local, at, domain, around)
  .map((parts) => parts.join(""))
  .filter((text) => isLoginId(text, "email"));

/** Half of the time the second is the first in another dress. */
const pair = fc.oneof(
  fc.tuple(spelling, spelling),
  fc.tuple(spelling, fc.constantFrom("NFC", "NFD", "NFKC", "NFKD")).map(([text, form]) => [text, text.normalize(form)]),
  spelling.map((text) => [text, text.toUpperCase()]).filter(([, text]) => isLoginId(text ?? "", "email")),
);

const add = (loginId: string) => createUser(testContext(), userInput({ loginId }));

async function forget(canonicals: string[]): Promise<void> {
  const db = database();
  await db.delete(users).where(inArray(users.loginIdCanonical, canonicals));
  await db.delete(attempts).where(inArray(attempts.loginIdCanonical, canonicals));
  await db.delete(attemptBudgets).where(inArray(attemptBudgets.key, canonicals));
}

it("one budget is one account, and two accounts have two", async () => {
  await fc.assert(
    fc.asyncProperty(pair, async ([one = "", other = ""]) => {
      const canonicals = [canonicalLoginId(one), canonicalLoginId(other)];
      await forget(canonicals);
      const isSame = canonicals[0] === canonicals[1];
      await add(one);
      const second = await add(other).catch((error: unknown) => error);
      expect(second instanceof Taken).toBe(isSame);

      for (const loginId of [one, other]) await guess({ loginId });
      const budgets = await database()
        .select({ key: attemptBudgets.key })
        .from(attemptBudgets)
        .where(inArray(attemptBudgets.key, canonicals));
      expect(budgets.map(({ key }) => key).sort()).toEqual([...new Set(canonicals)].sort());
      const found = await database()
        .select({ canonical: users.loginIdCanonical })
        .from(users)
        .where(or(...canonicals.map((each) => eq(users.loginIdCanonical, each))));
      expect(found).toHaveLength(budgets.length);
      expect(found.every(({ canonical }) => isEmailAddress(canonical))).toBe(true);
    }),
    propertyRuns(60, 20),
  );
});

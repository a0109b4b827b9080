import { eq } from "drizzle-orm";
import { hasPasswordHere } from "@/lib/auth/domains";
import { checkLinkToken, findLinkHolder } from "@/lib/auth/links";
import { canonicalLoginId, isEmailAddress } from "@/lib/auth/login-id";
import { selfOf } from "@/lib/auth/self";
import { type Context, inTransaction } from "@/lib/context";
import { saveIn } from "@/lib/crud/save";
import { refusingTaken } from "@/lib/crud/unique";
import { users } from "@/lib/db/schema/users";
import { Blocked, Invalid, NotFound } from "@/lib/errors";
import { queueMails, secondsUntilNext } from "@/lib/mail/queue";
import { userEntity } from "./entity";
import type { PasswordLink } from "./password-links";
import { lockSuperusers } from "./rules";
import { findUserByLoginId } from "./service";

/** A user's own change of the e-mail address to sign in with: asked for here, confirmed from the new address. */

/** @throws Invalid for what can never be the login of this user */
function assertAddress(canonical: string, present: string): void {
  const refuse = (key: string) => {
    throw new Invalid({ email: { key } });
  };
  if (!isEmailAddress(canonical)) refuse("notAnEmail");
  if (canonical === present) refuse("sameLogin");
  if (!hasPasswordHere(canonical) || !hasPasswordHere(present)) refuse("reservedDomain");
}

/**
 * Mails a link to the new address. An address that somebody else signs in with gets none, which is not told: the answer
 * would say who has an account.
 * @throws Invalid, Blocked if one was asked for a moment ago
 */
export async function requestLoginChange(ctx: Context, email: string): Promise<void> {
  const { userId } = selfOf(ctx);
  const recipient = canonicalLoginId(email);
  await inTransaction(ctx, async (tx) => {
    const holder = await findLinkHolder(tx.db, eq(users.id, userId), "locked");
    if (!holder) throw new NotFound();
    assertAddress(recipient, holder.loginIdCanonical);
    const wait = await secondsUntilNext(tx.db, userId, "confirm-login");
    if (wait > 0) throw new Blocked("mailSentRecently", wait);
    const isTaken = await findUserByLoginId(tx, recipient);
    if (!isTaken) await queueMails(tx, [{ kind: "confirm-login", userId, recipient }]);
  });
}

async function newLoginOf(ctx: Context, { userId, token }: PasswordLink, mode: "read" | "locked") {
  if (userId !== selfOf(ctx).userId) return undefined;
  const holder = await findLinkHolder(ctx.db, eq(users.id, userId), mode);
  const checked = holder && (await checkLinkToken(holder, "confirm-login", token));
  if (!holder || typeof checked?.detail !== "string") return undefined;
  // As when it was asked for: a directory or a provider may have taken over since.
  const areOurs = hasPasswordHere(holder.loginIdCanonical) && hasPasswordHere(canonicalLoginId(checked.detail));
  return areOurs ? checked.detail : undefined;
}

/**
 * The address that a link would make the login of the signed-in user, without using it up.
 * @returns null for a link that is not good, or somebody else's
 */
export async function readLoginChange(ctx: Context, link: PasswordLink): Promise<string | null> {
  return (await newLoginOf(ctx, link, "read")) ?? null;
}

/**
 * Makes the new address the login. The old one is told.
 * @returns the new login
 * @throws NotFound for a link that is not good, Taken if somebody has got the address in the meantime
 */
export async function confirmLoginChange(ctx: Context, link: PasswordLink): Promise<string> {
  const asked = await readLoginChange(ctx, link);
  if (!asked) throw new NotFound("linkInvalid");
  const patch = { loginId: asked };
  await refusingTaken(ctx, userEntity, patch, () =>
    inTransaction(ctx, async (tx) => {
      await lockSuperusers(tx.db, [link.userId], false);
      if ((await newLoginOf(tx, link, "locked")) !== asked) throw new NotFound("linkInvalid");
      const [outcome] = await saveIn(tx, userEntity, [{ id: link.userId, patch: () => patch }], { isVerified: true });
      if (outcome?.result === "refused") throw outcome.error;
    }),
  );
  return asked;
}

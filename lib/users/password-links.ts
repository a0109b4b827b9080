import { eq } from "drizzle-orm";
import { liftAccountLock } from "@/lib/auth/attempts/lift";
import { limitAttempt } from "@/lib/auth/attempts/limiter";
import { hasPasswordHere } from "@/lib/auth/domains";
import { checkLinkToken, findLinkHolder, signLinkToken } from "@/lib/auth/links";
import { canonicalLoginId, isEmailAddress } from "@/lib/auth/login-id";
import { hashPassword } from "@/lib/auth/password";
import { passwordProblems } from "@/lib/auth/password-policy";
import { settings } from "@/lib/config/settings";
import { type Context, inTransaction } from "@/lib/context";
import { isUuid } from "@/lib/crud/ids";
import { saveIn } from "@/lib/crud/save";
import { users } from "@/lib/db/schema/users";
import { Blocked, Forbidden, Invalid, NotFound } from "@/lib/errors";
import type { MailLink } from "@/lib/mail/content";
import { mailLink } from "@/lib/mail/link";
import { dropLinkMails, queueMails, secondsUntilNext } from "@/lib/mail/queue";
import { userEntity } from "./entity";
import { lockSuperusers } from "./rules";

/** Verify an account, recover a password: from the request for a link to the new password. */

export type PasswordLinkPurpose = "reset" | "verify";

/** What a browser brings along from the link that it opened. */
export type PasswordLink = { userId: string; token: string };

async function holderOfLink(
  ctx: Context,
  purpose: PasswordLinkPurpose,
  { userId, token }: PasswordLink,
  mode: "read" | "locked",
) {
  if (!isUuid(userId)) return undefined;
  const holder = await findLinkHolder(ctx.db, eq(users.id, userId), mode);
  if (!holder || !hasPasswordHere(holder.loginIdCanonical)) return undefined;
  return (await checkLinkToken(holder, purpose, token)) ? holder : undefined;
}

/**
 * Whose password a link can set, without using it up.
 * @returns null for every link that is not good, whatever is wrong with it
 */
export async function readPasswordLink(
  ctx: Context,
  purpose: PasswordLinkPurpose,
  link: PasswordLink,
): Promise<{ loginId: string } | null> {
  const holder = await holderOfLink(ctx, purpose, link, "read");
  return holder ? { loginId: holder.loginId } : null;
}

type NewPassword = { password: string; confirm: string };

/**
 * Sets the password by a link, which is then used up; so are all others of the account. It verifies the account, ends all
 * of its sessions, lifts the lock on its sign-in, and signs nobody in. Every try is a limited attempt.
 * @throws NotFound for a link that is not good, Invalid for a password that the policy refuses, Blocked after too many
 *   attempts
 */
export async function setPasswordByLink(
  ctx: Context,
  purpose: PasswordLinkPurpose,
  link: PasswordLink,
  input: NewPassword,
): Promise<void> {
  const owner = await readPasswordLink(ctx, purpose, link);
  const attempt = { type: "reset", loginId: owner?.loginId ?? "", isSuccess: () => true } as const;
  await limitAttempt(ctx, attempt, () => redeem(ctx, purpose, link, owner, input));
}

async function redeem(
  ctx: Context,
  purpose: PasswordLinkPurpose,
  link: PasswordLink,
  owner: { loginId: string } | null,
  { password, confirm }: NewPassword,
): Promise<void> {
  if (!owner) throw new NotFound("linkInvalid");
  const [problem] = password === "" ? [{ key: "required" }] : await passwordProblems(password, owner);
  if (problem) throw new Invalid({ password: problem });
  if (password !== confirm) throw new Invalid({ confirm: { key: "passwordsDiffer" } });
  const passwordHash = await hashPassword(password);
  const { userId: id } = link;
  const asOwner: Context = { ...ctx, actor: { kind: "link", owner: { id, loginId: owner.loginId } } };
  await inTransaction(asOwner, async (tx) => {
    // In the order of every other change: waiting for it with the row in hand could make two wait for each other.
    await lockSuperusers(tx.db, [id], false);
    // Of two that redeem the same link, the second finds the state that the first has left, in which it is void.
    const holder = await holderOfLink(tx, purpose, link, "locked");
    if (!holder) throw new NotFound("linkInvalid");
    const [outcome] = await saveIn(tx, userEntity, [{ id, patch: () => ({}) }], { passwordHash, isVerified: true });
    if (outcome?.result === "refused") throw outcome.error;
    await liftAccountLock(tx.db, holder.loginIdCanonical);
    await dropLinkMails(tx.db, id);
  });
}

/**
 * Asks for a link to a new password. Whether there is such an account is found out later, by whoever writes the mail: here
 * the same is done for everybody.
 * @throws Invalid if that is no e-mail address, Blocked after too many attempts
 */
export function requestPasswordReset(ctx: Context, email: string): Promise<void> {
  return limitAttempt(ctx, { type: "forgot", loginId: email, isSuccess: () => true }, async (loginId) => {
    if (loginId === null || !isEmailAddress(loginId)) throw new Invalid({ email: { key: "notAnEmail" } });
    await queueMails(ctx, [{ kind: "reset-password", loginId }]);
  });
}

/**
 * Sends the mail by which a user verifies the account once more.
 * @throws NotFound, Forbidden where there is nothing to verify, Blocked if one was sent a moment ago
 */
export async function resendVerification(ctx: Context, userId: string): Promise<{ loginId: string; mailId: string }> {
  if (!isUuid(userId)) throw new NotFound();
  return inTransaction(ctx, async (tx) => {
    const holder = await findLinkHolder(tx.db, eq(users.id, userId), "locked");
    if (!holder) throw new NotFound();
    if (holder.isVerified) throw new Forbidden("alreadyVerified");
    if (!holder.isNotDisabled) throw new Forbidden("noLinkWhileDisabled");
    if (!hasPasswordHere(holder.loginIdCanonical)) throw new Forbidden("reservedDomain");
    const wait = await secondsUntilNext(tx.db, userId, "verify-account");
    if (wait > 0) throw new Blocked("mailSentRecently", wait);
    const [mailId = ""] = await queueMails(tx, [{ kind: "verify-account", userId }]);
    return { loginId: holder.loginId, mailId };
  });
}

/**
 * What proves, for some minutes, that somebody has typed the right password of an account that is not verified.
 * @returns undefined if there is no such account
 */
export async function resendTicket(ctx: Context, loginId: string): Promise<PasswordLink | undefined> {
  const holder = await findLinkHolder(ctx.db, eq(users.loginIdCanonical, canonicalLoginId(loginId)));
  if (!holder) return undefined;
  const { token } = await signLinkToken(holder, "resend", { minutes: settings.mail.resendTicketMinutes });
  return { userId: holder.id, token };
}

/**
 * Sends the verification mail to whoever holds a ticket.
 * @throws NotFound for a ticket that is not good; otherwise as `resendVerification`
 */
export async function resendByTicket(ctx: Context, { userId, token }: PasswordLink): Promise<void> {
  const holder = isUuid(userId) && (await findLinkHolder(ctx.db, eq(users.id, userId), "read"));
  if (!holder || !(await checkLinkToken(holder, "resend", token))) throw new NotFound("linkInvalid");
  await resendVerification(ctx, userId);
}

/**
 * A link to verify the account and set its password, for the operator to hand on.
 * @throws NotFound
 */
export async function verificationLink(ctx: Context, userId: string): Promise<MailLink> {
  const holder = isUuid(userId) ? await findLinkHolder(ctx.db, eq(users.id, userId)) : undefined;
  if (!holder) throw new NotFound("userNotFound");
  return mailLink(holder, "verify");
}

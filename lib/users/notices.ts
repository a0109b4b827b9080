import { hasPasswordHere } from "@/lib/auth/domains";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import type { Change, StoredRow } from "@/lib/crud/entity";
import { addressOf } from "@/lib/mail/address";
import { type QueuedMail, queueMails } from "@/lib/mail/queue";

/** Which mails follow from a change of a user, whoever makes it and by whatever way. */

const stored = (row: StoredRow) => ({
  loginId: String(row.loginId),
  loginIdCanonical: canonicalLoginId(String(row.loginId)),
});

function mailsAfter({ id: userId, before, after, input }: Change): QueuedMail[] {
  if (!after) return [];
  if (!before) {
    const isWelcome = input.sendWelcome === true && !after.isVerified;
    return isWelcome && hasPasswordHere(stored(after).loginIdCanonical) ? [{ kind: "verify-account", userId }] : [];
  }
  // An address that was never proven may be anybody's.
  if (!before.isVerified) return [];
  const recipient = addressOf(stored(before));
  const hasNewPassword = before.passwordHash !== null && before.passwordHash !== after.passwordHash;
  const hasNewLogin = stored(before).loginIdCanonical !== stored(after).loginIdCanonical;
  return [
    ...(hasNewPassword ? [{ kind: "password-changed" as const, userId, recipient }] : []),
    ...(hasNewLogin ? [{ kind: "login-changed" as const, userId, recipient }] : []),
  ];
}

/** Welcomes new users, and tells owners what was changed about how they sign in. Part of the change's transaction. */
export async function mailAfter(tx: Context, changes: readonly Change[]): Promise<void> {
  if (config().mailEnabled) await queueMails(tx, changes.flatMap(mailsAfter));
}

import { setTimeout as pause } from "node:timers/promises";
import { settings } from "@/lib/config/settings";
import type { Context } from "@/lib/context";
import { Forbidden } from "@/lib/errors";
import { composeMail } from "@/lib/mail/compose";
import { deliverNow } from "@/lib/mail/deliver";
import { chooseTransport } from "@/lib/mail/transports/choose";
import { resendVerification } from "@/lib/users/password-links";

const LOOK_EVERY_MS = 250;
/** How often to look where the running app delivers the mail before we do: for as long as that may take. */
const LOOKS = (settings.mail.sendSeconds * 1000) / LOOK_EVERY_MS;

async function deliver(mailId: string): Promise<boolean> {
  const transport = await chooseTransport();
  if (!transport) return false;
  try {
    for (let look = 0; look < LOOKS; look += 1) {
      const outcome = await deliverNow(mailId, { compose: composeMail, transport });
      if (outcome !== "waiting") return outcome === "sent";
      await pause(LOOK_EVERY_MS);
    }
    return false;
  } finally {
    transport.close();
  }
}

/**
 * Mails a user the link to verify the account, and waits for it to leave.
 * @returns `waiting` if it could not be sent now; `none` if this user gets no such mail
 */
export async function sendVerificationMail(ctx: Context, userId: string): Promise<"sent" | "waiting" | "none"> {
  try {
    const { mailId } = await resendVerification(ctx, userId);
    return (await deliver(mailId)) ? "sent" : "waiting";
  } catch (error) {
    if (error instanceof Forbidden) return "none";
    throw error;
  }
}

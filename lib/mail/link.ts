import { type LinkHolder, linkUrl, type MailedPurpose, signLinkToken } from "@/lib/auth/links";
import { config } from "@/lib/config/env";
import type { MailLink } from "./content";

/**
 * A fresh link of this purpose for `holder`.
 * @param detail what else its token has to vouch for
 */
export async function mailLink(holder: LinkHolder, purpose: MailedPurpose, detail?: string): Promise<MailLink> {
  const lifetimeMinutes = config().TOKEN_EXPIRE_MINS;
  const { token, expiresAt } = await signLinkToken(holder, purpose, detail === undefined ? {} : { detail });
  return { url: linkUrl(purpose, holder.id, token), lifetimeMinutes, expiresAt };
}

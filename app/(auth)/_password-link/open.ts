import { anonymousContext } from "@/lib/auth/guards";
import { keepLink, type OpenedLink } from "@/lib/auth/link-cookie";
import { linkPath, mailsPasswordLinks } from "@/lib/auth/links";
import { isUnavailable } from "@/lib/db/client";
import { plainPage } from "@/lib/middleware/plain-page";
import { nonceIn } from "@/lib/middleware/security-headers";
import { seeOther } from "@/lib/see-other";
import { type PasswordLinkPurpose, readPasswordLink } from "@/lib/users/password-links";
import { INVALID_LINK_PATH } from "./invalid";

/**
 * Opens a link to set a password: moves it out of the address and leads to the form. Nothing is used up, however often
 * mail scanners and impatient people open it.
 */
export async function openPasswordLink(
  purpose: PasswordLinkPurpose,
  link: OpenedLink,
  request: Request,
): Promise<Response> {
  try {
    if (await readPasswordLink(await anonymousContext(), purpose, link)) {
      await keepLink(purpose, link);
      return seeOther(linkPath(purpose));
    }
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return plainPage("unavailable", 503, request.headers, nonceIn(request.headers));
  }
  // Without mail the only links are those that the command line prints; there is no form for another one.
  if (!mailsPasswordLinks()) return plainPage("notFound", 404, request.headers, nonceIn(request.headers));
  return seeOther(INVALID_LINK_PATH);
}

import { openPasswordLink } from "@/app/(auth)/_password-link/open";
import { markPublic } from "@/lib/auth/guards";

markPublic("the link proves who sets the password");

/** `GET /verify-account/<userId>/<token>`: what is mailed. */
export async function GET(
  request: Request,
  { params }: RouteContext<"/verify-account/[userId]/[token]">,
): Promise<Response> {
  return openPasswordLink("verify", await params, request);
}

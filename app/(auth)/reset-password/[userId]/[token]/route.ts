import { openPasswordLink } from "@/app/(auth)/_password-link/open";
import { markPublic } from "@/lib/auth/guards";

markPublic("the link proves who sets the password");

/** `GET /reset-password/<userId>/<token>`: what is mailed. */
export async function GET(
  request: Request,
  { params }: RouteContext<"/reset-password/[userId]/[token]">,
): Promise<Response> {
  return openPasswordLink("reset", await params, request);
}

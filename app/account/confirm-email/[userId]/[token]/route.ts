import { markPublic } from "@/lib/auth/guards";
import { keepLink } from "@/lib/auth/link-cookie";
import { linkPath } from "@/lib/auth/links";

markPublic("the page that it leads to asks who is there; the link must survive signing in first");

/** `GET /account/confirm-email/<userId>/<token>`: what is mailed to the new address. */
export async function GET(
  _request: Request,
  { params }: RouteContext<"/account/confirm-email/[userId]/[token]">,
): Promise<Response> {
  await keepLink("confirm-login", await params);
  const location = linkPath("confirm-login");
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
}

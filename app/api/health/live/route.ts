import { markPublic } from "@/lib/auth/guards";

markPublic("says only that the process answers");

export function GET(): Response {
  return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
}

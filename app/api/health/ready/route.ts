import { markPublic } from "@/lib/auth/guards";
import { problem } from "@/lib/problem";
import { whyNotReady } from "@/lib/server/readiness";

markPublic("says only whether requests are welcome, and of what kind the obstacle is");

export async function GET(): Promise<Response> {
  const reason = await whyNotReady();
  if (reason) return problem(503, reason);
  return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
}

import { sql } from "drizzle-orm";
import { markPublic } from "@/lib/auth/guards";
import { database } from "@/lib/db/client";
import { problem } from "@/lib/problem";

markPublic("says only whether the database answers");

export async function GET(): Promise<Response> {
  try {
    await database().execute(sql`select 1`);
    return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
  } catch {
    return problem(503, "The database does not answer");
  }
}

import type { NextRequest } from "next/server";
import { handleRequest } from "@/lib/middleware/handle";

/** Runs before anything renders; the pages, actions and handlers behind it check again by themselves. */
export function middleware(request: NextRequest) {
  return handleRequest(request);
}

export const config = {
  // Without this line the file becomes an Edge bundle, in which the database driver cannot run.
  runtime: "nodejs",
  // Only build output is left out. Prefetches are not: they would carry guarded pages past the check.
  matcher: ["/((?!_next/static/).*)"],
};

import { setDatabaseUrl } from "@/lib/config/env";
import { closeDatabase } from "@/lib/db/client";

type Variables = Record<string, string | undefined>;

function apply(variables: Variables): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  // The configuration is read once per process; this makes it be read again.
  setDatabaseUrl(process.env.DATABASE_URL ?? "");
}

/**
 * Runs `work` with other environment variables, and puts the old ones back. The pool is
 * made anew, because statements are prepared under the configuration: take a fresh context inside `work`.
 *
 * ```ts
 * await withEnvironment({ LOGIN_ID: "username" }, async () => { … });
 * ```
 */
export async function withEnvironment<T>(variables: Variables, work: () => T | Promise<T>): Promise<T> {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  await closeDatabase();
  apply(variables);
  try {
    return await work();
  } finally {
    await closeDatabase();
    apply(before);
  }
}

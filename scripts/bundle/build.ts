import { binary, run } from "@/scripts/processes";
import { bundleCli } from "./cli";
import { completeBundle } from "./complete";

/** A build must not need what only the running server has. */
const SERVER_ONLY = { AUTH_SECRET: undefined, AUTH_URL: undefined, DATABASE_URL: undefined };

/** Builds the app for production, with all that it needs to run in `.next/standalone`. @returns whether that went well */
export async function build(): Promise<boolean> {
  const root = process.cwd();
  const { code } = await run(binary("next"), ["build"], { env: SERVER_ONLY });
  if (code !== 0) return false;
  completeBundle(root);
  await bundleCli(root);
  return true;
}

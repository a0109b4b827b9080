import { binary, run } from "./processes";

/** A build must not need what only the running server has. */
const SERVER_ONLY = { AUTH_SECRET: undefined, AUTH_URL: undefined, DATABASE_URL: undefined };

/** Builds the app for production. @returns whether that went well */
export async function build(): Promise<boolean> {
  const { code } = await run(binary("next"), ["build"], { env: SERVER_ONLY });
  return code === 0;
}

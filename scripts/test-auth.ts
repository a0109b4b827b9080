import { findChromium } from "./chromium";
import { binary, run } from "./processes";

/**
 * `npm run test:auth`: whether sign-in, guards, the limiter, tokens and the admin still hold after you have changed the app
 * (e2e/conformance). It builds the app and needs nothing of the other tests.
 */

/** A build must not need what only the running server has. */
const SERVER_ONLY = { AUTH_SECRET: undefined, AUTH_URL: undefined, DATABASE_URL: undefined };

const CHROMIUM_PATH = await findChromium();
if (!CHROMIUM_PATH) process.exit(1);
const built = await run(binary("next"), ["build"], { env: SERVER_ONLY });
if (built.code !== 0) process.exit(1);
const { code } = await run(binary("playwright"), ["test", "e2e/conformance", "--project=desktop", "--reporter=list"], {
  env: { CHROMIUM_PATH, E2E_PARTS: "main" },
});
process.exitCode = code;

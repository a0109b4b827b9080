import { build } from "./bundle/build";
import { findChromium } from "./chromium";
import { binary, run } from "./processes";

/**
 * `npm run test:auth`: whether sign-in, guards, the limiter, tokens and the admin still hold after you have changed the app
 * (e2e/conformance). It builds the app and needs nothing of the other tests.
 */

const CHROMIUM_PATH = await findChromium();
if (!CHROMIUM_PATH) process.exit(1);
if (!(await build())) process.exit(1);
const { code } = await run(binary("playwright"), ["test", "e2e/conformance", "--project=desktop", "--reporter=list"], {
  env: { CHROMIUM_PATH, E2E_PARTS: "main" },
});
process.exitCode = code;

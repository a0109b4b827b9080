import { build } from "./bundle/build";

/** `npm run build`: the production build, with everything that it needs to run in `.next/standalone`. */

process.exitCode = (await build()) ? 0 : 1;

import { runChecks } from "./checks";

/** `npm run check`: everything that can be told without running the app. */

const { failed } = await runChecks();
process.exitCode = failed > 0 ? 1 : 0;

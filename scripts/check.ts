import { runChecks } from "./checks";

/** `npm run check`: everything that can be told without running the app; `-- lint guards` for these two only. */

const { failed } = await runChecks(process.argv.slice(2));
process.exitCode = failed > 0 ? 1 : 0;

import { randomBytes } from "node:crypto";
import path from "node:path";
import { freePort, type Run, start, untilUp } from "./process";

/** The environment of a production server, without anything of the developer's own. */
export function productionEnv(overrides: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return {
    PATH,
    HOME,
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    AUTH_SECRET: randomBytes(32).toString("base64"),
    ...overrides,
  };
}

export type Server = Run & { url: string };

/** The command that serves the build in `folder`, as `npm start` does. */
export const serve = (folder: string): [string, string[]] => [
  process.execPath,
  [path.join(folder, ".next", "start.mjs")],
];

/** Serves the build in `cwd` on a free port unless `extra` has one; ready when this resolves. */
export async function startServer(
  cwd: string,
  databaseUrl: string,
  extra: Record<string, string> = {},
): Promise<Server> {
  const port = Number(extra.PORT ?? (await freePort()));
  const url = `http://localhost:${port}`;
  const env = productionEnv({ DATABASE_URL: databaseUrl, AUTH_URL: url, PORT: String(port), ...extra });
  const run = start(...serve(cwd), { cwd, env });
  await untilUp(run, `${url}/api/health/ready`);
  return { ...run, url };
}

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { freePort, type Run } from "@/e2e/support/process";
import { connect } from "@/lib/db/client";
import { type Cluster, PASSWORD } from "./cluster";
import { deployed } from "./deployed";
import { program } from "./programs";
import { startAsUser, until } from "./service";

/** What stands between people and the app, and between the app and its database, by the files of deploy/scaling/. */

function written(folder: string, name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, 0o644);
  return file;
}

/** @returns the address of the database by way of the pooler */
export async function startPgbouncer(folder: string, { primary }: Cluster): Promise<Run & { url: string }> {
  const port = await freePort();
  const users = written(folder, "userlist.txt", `"gatehouse" "${PASSWORD}"\n`);
  const file = written(
    folder,
    "pgbouncer.ini",
    deployed("pgbouncer.ini", [
      ["host=10.0.0.21 port=5432", `host=127.0.0.1 port=${primary.port}`],
      ["listen_addr = *", "listen_addr = 127.0.0.1"],
      ["listen_port = 6432", `listen_port = ${port}`],
      ["/etc/pgbouncer/userlist.txt", users],
    ]),
  );
  const url = primary.url.replace(`:${primary.port}/`, `:${port}/`);
  const run = startAsUser(program("pgbouncer"), [file]);
  await until(run, async () => {
    await (await connect(url)).end();
    return true;
  });
  return { ...run, url };
}

const answers = async (url: string) => (await fetch(`${url}/api/health/ready`)).ok;

/** Where the app's two processes are in the files. */
const places = (apps: readonly number[]) => [
  ["10.0.0.11:3000", `127.0.0.1:${apps[0]}`] as const,
  ["10.0.0.12:3000", `127.0.0.1:${apps[1]}`] as const,
];

/** @param port where it listens */
export async function startHaproxy(folder: string, port: number, apps: readonly number[]): Promise<Run> {
  const listens = [/bind :443 .*/, `bind 127.0.0.1:${port}`] as const;
  // Fewer files than this user may open.
  const most = ["maxconn 4000", "maxconn 400"] as const;
  const file = written(folder, "haproxy.cfg", deployed("haproxy.cfg", [listens, most, ...places(apps)]));
  const run = startAsUser(program("haproxy"), ["-db", "-f", file]);
  await until(run, () => answers(`http://127.0.0.1:${port}`));
  return run;
}

const TEMPORARY = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

export async function startNginx(folder: string, port: number, apps: readonly number[]): Promise<Run> {
  const own = path.join(folder, "nginx");
  mkdirSync(own);
  chmodSync(own, 0o777);
  const file = written(
    folder,
    "nginx.conf",
    deployed("nginx.conf", [
      [/pid .*;/, `pid ${own}/pid;`],
      [/error_log .*;/, "error_log stderr warn;\ndaemon off;"],
      [
        /server_tokens off;/,
        `server_tokens off;\n${TEMPORARY.map((name) => `${name}_temp_path ${own}/${name};`).join("\n")}`,
      ],
      [/listen 443 .*;/, `listen 127.0.0.1:${port};`],
      [/ssl_certificate .*;/, ""],
      [/ssl_certificate_key .*;/, ""],
      ...places(apps),
    ]),
  );
  const run = startAsUser(program("nginx"), ["-c", file, "-e", "stderr"]);
  await until(run, () => answers(`http://127.0.0.1:${port}`));
  return run;
}

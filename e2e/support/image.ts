import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { serverUser } from "@/lib/db/server-user";

/** What the Dockerfile makes, without Docker: its last stage, in an empty folder far from the project. */

type Instruction = { name: string; rest: string };

const instructions: Instruction[] = readFileSync("Dockerfile", "utf8")
  .split("\n")
  .filter((line) => /^[A-Z]/.test(line))
  .map((line) => ({ name: line.split(" ")[0] ?? "", rest: line.slice(line.indexOf(" ") + 1) }));

const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === "FROM"));

const all = (name: string) => lastStage.filter((each) => each.name === name).map(({ rest }) => rest);

function only(name: string): string {
  const [rest, ...more] = all(name);
  if (rest === undefined || more.length > 0) throw new Error(`The last stage should have one ${name}.`);
  return rest;
}

/** A command in the form that no shell reads, run by the Node.js of the tests. */
function commandOf(name: string): [string, string[]] {
  const [program, ...args] = JSON.parse(/\[.*\]$/.exec(only(name))?.[0] ?? "[]") as string[];
  if (program !== "node") throw new Error(`${name} should run node.`);
  return [process.execPath, args];
}

export const image = {
  user: only("USER"),
  start: commandOf("CMD"),
  healthCheck: commandOf("HEALTHCHECK"),
  env: Object.fromEntries(all("ENV").flatMap((rest) => rest.split(" ").map((each) => each.split("=")))),
};

/** Follows the COPY lines. @returns the folder, which is the working directory of the image */
export function assembleImage(): string {
  const workdir = only("WORKDIR");
  const folder = mkdtempSync(path.join(os.tmpdir(), "gatehouse-image-"));
  chmodSync(folder, 0o755);
  for (const rest of all("COPY")) {
    const [from, ...paths] = rest.split(" ");
    const [target = "", ...sources] = paths.reverse();
    if (from !== "--from=build") throw new Error(`COPY ${rest}: the last stage should take from the build alone.`);
    for (const source of sources) {
      const built = path.resolve(path.relative(workdir, source));
      // A folder's content is copied, and a file goes to the name or below the folder that the line ends with.
      const isFolder = lstatSync(built).isDirectory();
      const to = path.join(folder, target, !isFolder && target.endsWith("/") ? path.basename(source) : "");
      cpSync(built, to, { recursive: true, verbatimSymlinks: true });
    }
  }
  return folder;
}

/** A user other than root; but a Node.js in a folder of root's, only root can run. */
export function nobody(): { uid?: number; gid?: number } {
  const user = serverUser();
  return user && spawnSync(process.execPath, ["--version"], user).status === 0 ? user : {};
}

/** Everything below a folder, with the time of its last change. */
export const contents = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => `${file} ${lstatSync(path.join(folder, file)).mtimeMs}`)
    .sort();

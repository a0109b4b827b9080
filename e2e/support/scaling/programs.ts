import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

/** Where the servers are that a test of several machines needs. */

export const PROGRAMS = ["haproxy", "nginx", "pgbouncer", "initdb", "postgres", "pg_basebackup"] as const;
type Program = (typeof PROGRAMS)[number];

export const PROGRAMS_HINT =
  "Install them (Debian: apt-get install haproxy nginx-light pgbouncer postgresql), or put their folders into PATH.";

/** Debian keeps each version of PostgreSQL in a folder of its own; the newest first. */
function postgresFolders(): string[] {
  const base = "/usr/lib/postgresql";
  const versions = existsSync(base) ? readdirSync(base).map(Number).filter(Number.isFinite) : [];
  return versions.sort((a, b) => b - a).map((version) => `${base}/${version}/bin`);
}

const folders = () => [
  ...postgresFolders(),
  ...(process.env.PATH ?? "").split(path.delimiter),
  ...["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"],
];

const found = (name: Program): string | undefined =>
  folders()
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));

/** Those that are nowhere. */
export const missingPrograms = (): string[] => PROGRAMS.filter((name) => !found(name));

/** @throws Error that says what to install */
export function program(name: Program): string {
  const file = found(name);
  if (!file) throw new Error(`There is no ${missingPrograms().join(", no ")} here. ${PROGRAMS_HINT}`);
  return file;
}

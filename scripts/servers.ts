import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { missingPrograms, PROGRAMS_HINT } from "@/e2e/support/scaling/programs";
import { canInstall, installPackages } from "./apt";

/** Debian makes a database of the whole system otherwise, as soon as PostgreSQL is installed. */
const NO_CLUSTER = "/etc/postgresql-common/createcluster.d/gatehouse-tests.conf";

async function install(): Promise<void> {
  console.log(`There is no ${missingPrograms().join(", no ")} here; installing them.`);
  mkdirSync(path.dirname(NO_CLUSTER), { recursive: true });
  writeFileSync(NO_CLUSTER, "create_main_cluster = false\n");
  await installPackages(["haproxy", "nginx-light", "pgbouncer", "postgresql"], ["--no-install-recommends"]);
  rmSync(NO_CLUSTER);
}

/** Whether the servers are there that tests of several machines need, installed if need be; a message says what is missing. */
export async function findServers(): Promise<boolean> {
  if (missingPrograms().length > 0 && canInstall()) await install();
  const missing = missingPrograms();
  if (missing.length > 0)
    console.error(`There is no ${missing.join(", no ")}, and none could be installed. ${PROGRAMS_HINT}`);
  return missing.length === 0;
}

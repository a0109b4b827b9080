import { installedSlapd, SLAPD_HINT } from "@/lib/testing/slapd-process";
import { canInstall, installPackages } from "./apt";
import { run } from "./processes";

/** Otherwise the package sets up a directory for the whole system, and starts it. */
const NO_SERVICE = "slapd slapd/no_configuration boolean true";

const starts = async (file: string, option: string) => (await run(file, [option], { isQuiet: true })).code === 0;

/** One that starts, with the openssl that makes its certificates. */
async function usable(): Promise<string | undefined> {
  const file = installedSlapd();
  return file && (await starts(file, "-VV")) && (await starts("openssl", "version")) ? file : undefined;
}

async function install(): Promise<string | undefined> {
  if (!canInstall()) return undefined;
  console.log("There is no slapd with openssl here; installing them.");
  await run("/bin/sh", ["-c", `echo "${NO_SERVICE}" | debconf-set-selections`]);
  await installPackages(["slapd", "openssl"], ["--no-install-recommends"]);
  return usable();
}

/** A slapd for the tests, installed if need be; undefined, with a message printed, when there is none. */
export async function findSlapd(): Promise<string | undefined> {
  const wanted = process.env.SLAPD_PATH;
  const file = await usable();
  if (file) return file;
  // One that was asked for is used or fails: another in its place would test something else.
  if (wanted) {
    console.error(`SLAPD_PATH is ${wanted}, which does not start, or there is no openssl. ${SLAPD_HINT}`);
    return undefined;
  }
  const fresh = await install();
  if (!fresh) console.error(`No slapd with openssl was found and none could be installed. ${SLAPD_HINT}`);
  return fresh;
}

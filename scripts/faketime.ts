import { existsSync, readdirSync } from "node:fs";
import { canInstall, installPackages } from "./apt";

const LIBRARIES = "/usr/lib";

/** Where Debian and its kin have it: in a folder of the machine's kind. */
function installed(): string | undefined {
  if (process.env.FAKETIME_PATH) return process.env.FAKETIME_PATH;
  if (!existsSync(LIBRARIES)) return undefined;
  return readdirSync(LIBRARIES)
    .map((folder) => `${LIBRARIES}/${folder}/faketime/libfaketime.so.1`)
    .find((file) => existsSync(file));
}

/** The library by which a program sees another time, installed if need be; undefined, with a message, when there is none. */
export async function findFaketime(): Promise<string | undefined> {
  const file = installed();
  if (file) return file;
  if (canInstall()) await installPackages(["libfaketime"], ["--no-install-recommends"]);
  const fresh = installed();
  if (!fresh)
    console.error("There is no libfaketime: tests with a wrong clock are left out. Set FAKETIME_PATH to one.");
  return fresh;
}

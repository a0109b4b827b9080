import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import { canInstall, installPackages } from "./apt";
import { binary, run } from "./processes";

/** The first is the same browser without what only a window needs: it takes half the time. */
const SYSTEM = [
  ...["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"],
  ...["/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
];
const HINT =
  "Install Chromium (Debian: apt-get install chromium; elsewhere: npx playwright install chromium), or set\n" +
  "CHROMIUM_PATH to a Chromium or Chrome that is there, as in CHROMIUM_PATH=/usr/bin/chromium npm test";

/** Ubuntu's package is only a script that asks for a snap; libraries may be missing: what counts is that it starts. */
async function starts(file: string): Promise<boolean> {
  return existsSync(file) && (await run(file, ["--version"], { isQuiet: true })).code === 0;
}

async function installed(): Promise<string | undefined> {
  for (const file of [...SYSTEM, chromium.executablePath()]) if (await starts(file)) return file;
  return undefined;
}

async function install(): Promise<string | undefined> {
  console.log("There is no Chromium here; installing one.");
  // Not everybody who has the one has the other.
  for (const name of canInstall() ? ["chromium-headless-shell", "chromium"] : []) {
    await installPackages([name]);
    const file = await installed();
    if (file) return file;
  }
  const isRoot = process.getuid?.() === 0;
  await run(binary("playwright"), ["install", ...(isRoot ? ["--with-deps"] : []), "chromium"]);
  return installed();
}

/** A Chromium for the browser tests, installed if need be; undefined, with a message printed, when there is none. */
export async function findChromium(): Promise<string | undefined> {
  const wanted = process.env.CHROMIUM_PATH;
  // One that was asked for is used or fails: another in its place would test something else.
  if (wanted && !(await starts(wanted))) {
    console.error(`CHROMIUM_PATH is ${wanted}, which does not start. ${HINT}`);
    return undefined;
  }
  const file = wanted || (await installed()) || (await install());
  if (!file) console.error(`No Chromium was found and none could be installed. ${HINT}`);
  return file;
}

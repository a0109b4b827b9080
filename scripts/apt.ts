import { existsSync } from "node:fs";
import { run } from "./processes";

/** Packages of Debian and its kin, for whoever may install them. */

const APT_GET = "/usr/bin/apt-get";

/** Whether packages can be installed without asking anybody: as root, where apt is. */
export const canInstall = (): boolean => process.getuid?.() === 0 && existsSync(APT_GET);

/**
 * Installs packages. Whether that has worked shows by the program being there.
 * @param options further options of apt-get
 */
export async function installPackages(packages: string[], options: string[] = []): Promise<void> {
  // The level at which no service is started: a test starts its own.
  const env = { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const { code } = await run(APT_GET, ["update"], { env });
  if (code === 0) await run(APT_GET, ["install", "-y", ...options, ...packages], { env });
}

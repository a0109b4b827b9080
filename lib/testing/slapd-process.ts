import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { makeCertificates, type TestCertificates } from "./certificates";
import { configurationIn } from "./slapd-configuration";

/** A real directory server (OpenLDAP) of a test's own: a plain process, on free ports of this machine. */

const PROGRAMS = ["/usr/sbin/slapd", "/usr/lib/openldap/slapd", "/usr/libexec/slapd", "/usr/local/libexec/slapd"];

/** The program that SLAPD_PATH names, or else one in a usual place; undefined if there is none. */
export function installedSlapd(): string | undefined {
  const wanted = process.env.SLAPD_PATH;
  return (wanted ? [wanted] : PROGRAMS).find((file) => existsSync(file));
}

export const SLAPD_HINT =
  "Install slapd and openssl (Debian: apt-get install slapd openssl), or set SLAPD_PATH to a slapd that is there,\n" +
  "as in SLAPD_PATH=/usr/sbin/slapd npm test";

export type Slapd = {
  port: number;
  tlsPort: number;
  certificates: TestCertificates;
  /** Ends it and removes its folder. */
  stop: () => Promise<void>;
};

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

const isListening = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = net.connect(port, "127.0.0.1").once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });

/** @returns false if it ends instead */
async function comesUp(slapd: ChildProcess, port: number): Promise<boolean> {
  while (!hasEnded(slapd)) {
    if (await isListening(port)) return true;
    await pause(10);
  }
  return false;
}

/**
 * Ends the server and removes its folder as soon as nobody holds the standard input of this any more, so also where the
 * tests are killed without a chance to clean up.
 */
function cleanerOf(slapd: ChildProcess, folder: string): ChildProcess {
  const script = `trap "" INT TERM; read -r _; kill "$1" 2>/dev/null; rm -rf "$2"`;
  return spawn("/bin/sh", ["-c", script, "sh", String(slapd.pid), folder], { stdio: ["pipe", "ignore", "ignore"] });
}

async function launch(program: string, folder: string) {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const listens = `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${tlsPort}`;
  const slapd = spawn(program, ["-f", path.join(folder, "slapd.conf"), "-h", listens, "-d", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  slapd.stderr.on("data", (chunk) => (said += chunk));
  await once(slapd, "spawn");
  const cleaner = cleanerOf(slapd, folder);
  const stop = async () => {
    const ends = [slapd, cleaner].map(async (child) => hasEnded(child) || (await once(child, "exit")));
    cleaner.stdin?.end();
    await Promise.all(ends);
  };
  if (await comesUp(slapd, port)) return { port, tlsPort, stop };
  await stop();
  throw new Error(`slapd ended with ${slapd.exitCode ?? slapd.signalCode}: ${said}`);
}

/** @throws Error that says what to install, or what slapd complains of */
export async function startSlapd(): Promise<Slapd> {
  const installed = installedSlapd();
  if (!installed) throw new Error(`There is no slapd here. ${SLAPD_HINT}`);
  const folder = mkdtempSync(path.join(os.tmpdir(), "gatehouse-slapd-"));
  try {
    mkdirSync(path.join(folder, "db"));
    // A copy: some systems let the installed one look only into its own folders.
    const program = path.join(folder, "slapd");
    copyFileSync(installed, program);
    const certificates = makeCertificates(folder);
    writeFileSync(path.join(folder, "slapd.conf"), configurationIn(folder, certificates));
    return { certificates, ...(await launch(program, folder)) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

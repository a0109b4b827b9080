import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import net from "node:net";
import { fileURLToPath } from "node:url";
import { createFirstSuperuser } from "@/lib/cli/first-superuser";
import { run } from "@/lib/cli/run";
import { DEVELOPMENT_SECRET_PREFIX } from "@/lib/config/checks";
import { config } from "@/lib/config/env";
import { loadEnvFiles } from "@/lib/config/env-files";
import { closeDatabase } from "@/lib/db/client";

/** `npm run dev`: secret, database, first superuser, then Next.js. */

const DEFAULT_PORT = 3000;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer().once("error", () => resolve(false));
    probe.listen(port, "localhost", () => probe.close(() => resolve(true)));
  });
}

/** A port that was asked for is used or fails; otherwise the first free one from 3000 on. */
async function choosePort(): Promise<number> {
  if (process.env.PORT) return Number(process.env.PORT);
  let port = DEFAULT_PORT;
  while (!(await isFree(port))) port += 1;
  return port;
}

function ensureSecret(): void {
  if (process.env.AUTH_SECRET) return;
  process.env.AUTH_SECRET = DEVELOPMENT_SECRET_PREFIX + randomBytes(32).toString("base64url");
  appendFileSync(".env.local", `AUTH_SECRET=${process.env.AUTH_SECRET}\n`, { mode: 0o600 });
  console.log("A secret for this machine was written to .env.local.");
}

async function announceWhenReady(address: string, hasExited: () => boolean): Promise<void> {
  while (!hasExited()) {
    const isUp = await fetch(`${address}/api/health/live`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) {
      console.log(`\n  Gatehouse is ready at ${address}\n`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function startNext(port: number): Promise<number> {
  const next = spawn(
    process.execPath,
    [fileURLToPath(import.meta.resolve("next/dist/bin/next")), "dev", "-p", String(port), "-H", "localhost"],
    {
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      env: {
        ...process.env,
        NEXT_TELEMETRY_DISABLED: "1",
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --import=${new URL("exit-with-parent.mjs", import.meta.url).href}`,
      },
    },
  );
  // Ctrl-C reaches Next.js by itself; this process waits for it and then lets go of the database.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => next.kill(signal));
  let exitCode: number | undefined;
  const exited = new Promise<number>((resolve) => {
    next.on("exit", (code) => {
      exitCode = code ?? 0;
      resolve(exitCode);
    });
  });
  await announceWhenReady(config().AUTH_URL, () => exitCode !== undefined);
  return exited;
}

loadEnvFiles();
process.env.PORT = String(await choosePort());
ensureSecret();
await run(async ({ context, print }) => {
  const first = await createFirstSuperuser(await context());
  // The server has connections of its own.
  await closeDatabase();
  if (first) {
    print("");
    print("  The first superuser was created.");
    print(`    login     ${first.loginId}`);
    if (first.password) print(`    password  ${first.password}   (shown only this once)`);
    else
      print(
        "    password  the one that your directory or provider knows; for another login: npm run auth -- create-user",
      );
    print("");
  }
  process.exitCode = await startNext(config().PORT);
});

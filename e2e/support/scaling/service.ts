import { setTimeout as pause } from "node:timers/promises";
import { type Run, start } from "@/e2e/support/process";
import { commandAs, serverUser } from "@/lib/db/server-user";

/** Programs that refuse to run as root, or need not. */

const environment = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  NODE_ENV: "production",
  PATH: process.env.PATH,
  LC_ALL: "C.UTF-8",
  ...more,
});

/** Starts a program as the user of the database server. */
export function startAsUser(file: string, args: string[], more?: Record<string, string>): Run {
  const command = commandAs(serverUser(), file, args);
  return start(command.file, command.args, { ...command.options, env: environment(more) });
}

/** Runs it to its end. @throws Error with its output if it fails */
export async function completeAsUser(file: string, args: string[], more?: Record<string, string>): Promise<void> {
  const run = startAsUser(file, args, more);
  const code = await run.exited;
  if (code !== 0) throw new Error(`${file} ended with ${code}:\n${run.output()}`);
}

/** Waits until `isUp`. @throws Error with the output if the program ends first, or nothing happens for long */
export async function until(run: Run, isUp: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (run.child.exitCode === null && Date.now() < deadline) {
    if (await isUp().catch(() => false)) return;
    await pause(25);
  }
  throw new Error(`${run.child.spawnargs.join(" ")} is not up:\n${run.output()}`);
}

/** Ends it by a signal and waits for its end. */
export async function end(run: Run, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  run.child.kill(signal);
  await run.exited;
}

import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const PATIENCE_MS = 60_000;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Creates the lock file together with its content, or fails if it is there already. */
function take(file: string): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes a lock whose owner has died, by a rename, so that of several waiting processes one succeeds. */
function clearIfDead(file: string): void {
  const moved = `${file}.dead.${process.pid}`;
  try {
    const owner = readFileSync(file, "utf8");
    if (isAlive(Number(owner))) return;
    renameSync(file, moved);
    // Somebody else was faster and this is a fresh lock: put it back.
    if (readFileSync(moved, "utf8") !== owner) linkSync(moved, file);
  } catch {
    // Gone in the meantime, which is what was wanted.
  } finally {
    rmSync(moved, { force: true });
  }
}

/**
 * Runs `work` while no other process on this machine does so with the same lock file.
 * @throws Error when the lock cannot be had within a minute
 */
export async function withProcessLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!take(file)) {
    clearIfDead(file);
    if (Date.now() > deadline) throw new Error(`Another process holds ${file}.`);
    await pause(25);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAlive, withProcessLock } from "./process-lock";

let folder: string;
let lock: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "gatehouse-lock-"));
  lock = path.join(folder, "lock");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MODULE = path.join(import.meta.dirname, "process-lock.ts");

/** Arguments for a process of its own that knows `withProcessLock`. */
const program = (code: string) => [
  ...["--import", "tsx", "--input-type=module", "--eval"],
  `import fs from "node:fs"; const { withProcessLock } = await import(${JSON.stringify(MODULE)}); ${code}`,
];

const run = (code: string) => promisify(execFile)(process.execPath, program(code));

/** The id of a process that has come and gone. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid ?? 0;
}

describe("withProcessLock", () => {
  it("lets one process in at a time", async () => {
    const counter = path.join(folder, "counter");
    writeFileSync(counter, "0");
    // Reads, gives the others every chance to come between, and writes.
    const increment = `
      for (let turn = 0; turn < 10; turn += 1) await withProcessLock(${JSON.stringify(lock)}, async () => {
        const before = Number(fs.readFileSync(${JSON.stringify(counter)}, "utf8"));
        for (let yields = 0; yields < 20; yields += 1) await new Promise(setImmediate);
        fs.writeFileSync(${JSON.stringify(counter)}, String(before + 1));
      });`;
    await Promise.all(Array.from({ length: 4 }, () => run(increment)));
    expect(readFileSync(counter, "utf8")).toBe("40");
    expect(existsSync(lock)).toBe(false);
  });

  it("lets one caller in at a time within a process", async () => {
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 5 }, () =>
        withProcessLock(lock, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise(setImmediate);
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
  });

  it("is over after a failure, and hands it on", async () => {
    await expect(withProcessLock(lock, async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(lock)).toBe(false);
  });

  it("hands on the result", async () => {
    expect(await withProcessLock(lock, async () => 42)).toBe(42);
  });

  it("takes over what a dead process has left", async () => {
    writeFileSync(lock, String(await deadPid()));
    expect(await withProcessLock(lock, async () => readFileSync(lock, "utf8"))).toBe(String(process.pid));
  });

  it("takes over from a process that was killed while it held the lock", async () => {
    const code = `await withProcessLock(${JSON.stringify(lock)}, () => { console.log("held"); return new Promise(() => setInterval(() => {}, 1000)); });`;
    const child = spawn(process.execPath, program(code), { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    expect(readFileSync(lock, "utf8")).toBe(String(child.pid));
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await withProcessLock(lock, async () => "mine")).toBe("mine");
  });

  it("lets one of several processes take over", async () => {
    const order = path.join(folder, "order");
    for (let round = 0; round < 3; round += 1) {
      writeFileSync(lock, String(await deadPid()));
      writeFileSync(order, "");
      const note = (word: string) => `fs.appendFileSync(${JSON.stringify(order)}, "${word} ");`;
      const code = `await withProcessLock(${JSON.stringify(lock)}, async () => {
        ${note("in")} for (let yields = 0; yields < 50; yields += 1) await new Promise(setImmediate); ${note("out")} });`;
      await Promise.all(Array.from({ length: 3 }, () => run(code)));
      expect(readFileSync(order, "utf8")).toBe("in out ".repeat(3));
    }
  });
});

describe("isAlive", () => {
  it("tells the living from the dead", async () => {
    expect(isAlive(process.pid)).toBe(true);
    expect(isAlive(1)).toBe(true);
    expect(isAlive(await deadPid())).toBe(false);
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import net from "node:net";

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    // The address that the server binds to, so that a port taken there is not handed out.
    probe.listen(0, "0.0.0.0", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

type SpawnOptions = { cwd?: string; env: NodeJS.ProcessEnv; detached?: boolean; uid?: number; gid?: number };

export type Run = { child: ChildProcess; output: () => string; exited: Promise<number | null> };

/** Starts a program; its output is kept, and shown only when something goes wrong. */
export function start(command: string, args: string[], options: SpawnOptions): Run {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk));
  const exited = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, output: () => text, exited };
}

/** Runs a program to its end. @throws Error with its output if it fails */
export async function complete(command: string, args: string[], options: SpawnOptions) {
  const run = start(command, args, options);
  const code = await run.exited;
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${run.output()}`);
  return run.output();
}

/** Waits until `url` answers. @throws Error with the output if the program ends first */
export async function untilUp(run: Run, url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  let hasExited = false;
  run.exited.then(() => {
    hasExited = true;
  });
  while (!hasExited && Date.now() < deadline) {
    const isUp = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer:\n${run.output()}`);
}

/** Ends a program and waits for it. */
export async function stop(run: Run): Promise<void> {
  run.child.kill("SIGTERM");
  await run.exited;
}

import { spawn } from "node:child_process";
import path from "node:path";

type Options = {
  /** Variables to add or, when undefined, to take away. */
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** Keep the output for the caller instead of showing it. */
  isQuiet?: boolean;
};

/** Path of a command that a package of the project brings. */
export const binary = (name: string): string => path.join("node_modules", ".bin", name);

/** Runs a command to its end. The code is 1 when it cannot be started or a signal ends it. */
export function run(
  command: string,
  args: string[],
  { env = {}, cwd, isQuiet = false }: Options = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      ...(cwd && { cwd }),
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
      stdio: isQuiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    });
    let output = "";
    const add = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout?.on("data", add);
    child.stderr?.on("data", add);
    child.on("error", (error) => resolve({ code: 1, output: `${command}: ${error.message}` }));
    child.on("close", (code, signal) => {
      if (signal) output += `\n${command} was ended by ${signal}`;
      resolve({ code: code ?? 1, output });
    });
  });
}

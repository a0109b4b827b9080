import type { Command } from "commander";
import type { Context } from "@/lib/context";
import type { CliTexts } from "./texts";

export type CliTools = {
  texts: CliTexts;
  /** The context in which verbs run; opens the database at first use, so that `--help` needs none. */
  context: () => Promise<Context>;
  print: (line: string) => void;
};

/** A command is one file in lib/cli/commands that exports this as its default; nothing else has to know of it. */
export type CliCommand = (program: Command, tools: CliTools) => void;

/** Something the person at the terminal has to mend; printed as it is, exit code 1. */
export class CliError extends Error {}

/** Somebody at the terminal has left a prompt: by Ctrl+C (exit code 130, as shells have it) or by Ctrl+D (1). */
export class Cancelled extends CliError {
  constructor(readonly exitCode: 1 | 130) {
    super("cancelled");
  }
}

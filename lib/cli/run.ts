import { loadEnvFiles } from "@/lib/config/env-files";
import { type Context, noRequest } from "@/lib/context";
import { database } from "@/lib/db/client";
import { subscribersDone } from "@/lib/events/hub";
import { registerSubscribers } from "@/lib/subscribers";
import { Cancelled, type CliTools } from "./command";
import { openDatabase } from "./database";
import { describeFailure } from "./report";
import { cliTexts } from "./texts";

/** For so long a command waits for those who are told of what it has done. */
const SUBSCRIBERS_MS = 10_000;

/**
 * Runs one command line program: environment, language and database around `work`, and an exit code of 0 only on
 * success. Errors go to stderr.
 */
export async function run(work: (tools: CliTools) => Promise<unknown>): Promise<void> {
  loadEnvFiles();
  registerSubscribers();
  // `… | head` closes the pipe early; that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const texts = await cliTexts();
  let close: (() => Promise<void>) | undefined;
  const context = async (): Promise<Context> => {
    close ??= await openDatabase();
    return { actor: { kind: "cli" }, db: database(), request: noRequest };
  };
  try {
    await work({ texts, context, print: (line) => process.stdout.write(`${line}\n`) });
  } catch (error) {
    process.exitCode = error instanceof Cancelled ? error.exitCode : 1;
    process.stderr.write(`${describeFailure(error, texts) ?? (error instanceof Error ? error.stack : error)}\n`);
  } finally {
    await subscribersDone(SUBSCRIBERS_MS);
    await close?.();
  }
}

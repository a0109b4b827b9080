import { stripVTControlCharacters } from "node:util";
import { logOf } from "@/lib/log/log";
import { logLine } from "@/lib/log-line";
import { maskedText } from "./masked";
import { logPrintedError, logWaitingErrors } from "./request-error";

/** What Next.js and libraries print: whole errors with the parameters of statements, and addresses with tokens. */

const log = logOf("next");

const LEVELS = { error: "error", warn: "warn", info: "info", log: "info", debug: "debug" } as const;

const textOf = (parts: readonly unknown[]) =>
  maskedText(logLine(stripVTControlCharacters(parts.filter((part) => typeof part === "string").join(" ")))).trim();

/** Makes lines of the log of all that is printed by `console` from now on. */
export function logWhatIsPrinted(): void {
  for (const [method, level] of Object.entries(LEVELS) as [keyof typeof LEVELS, "error"][]) {
    console[method] = (...parts: unknown[]) => {
      const error = parts.find((part) => part instanceof Error);
      const text = textOf(parts);
      if (error) logPrintedError(error, text || "unhandled error");
      else if (text) log[level](text);
    };
  }
  process.once("exit", logWaitingErrors);
}

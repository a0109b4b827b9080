import { faultOf, isUnavailable } from "@/lib/db/client";
import { AppError, Invalid, NO_PARAMS, type Problem } from "@/lib/errors";
import { Cancelled, CliError } from "./command";
import type { CliTexts } from "./texts";

/** A problem as a sentence in the language of the terminal. */
export function errorText({ key, params }: Problem, { errors }: CliTexts): string {
  return errors(key as Parameters<typeof errors>[0], { ...NO_PARAMS, ...params } as never);
}

/** What to print for a failure; undefined for one that is a defect and deserves its stack. */
export function describeFailure(error: unknown, texts: CliTexts): string | undefined {
  if (error instanceof Cancelled) return texts.cli("cancelled");
  if (error instanceof CliError) return error.message;
  if (error instanceof Invalid) {
    return Object.entries(error.fields)
      .map(([field, problem]) => `${field}: ${errorText(problem, texts)}`)
      .join("\n");
  }
  if (error instanceof AppError) return errorText(error.problem, texts);
  if (isUnavailable(error)) return texts.cli("unavailable", { reason: faultOf(error) });
  const isExpected = error instanceof Error && ["ConfigError", "EmbeddedDatabaseError"].includes(error.name);
  return isExpected ? error.message : undefined;
}

import pino, { type Logger } from "pino";
import { config } from "@/lib/config/env";
import type { LogLevel } from "@/lib/config/variables";
import { humanLine } from "./human-line";
import { redacted } from "./redact";
import { currentRequest } from "./request";

/**
 * The one way into the log. Lines are for people, on stderr, until a production server asks for JSON on stdout: what the
 * command line prints on stdout is for other programs.
 */

type Level = Exclude<LogLevel, "silent">;

type Value = string | number | boolean | null | undefined;

/** Named facts beside the message. Plain values only: an error is told by `fault: faultOf(error)` or `logLine(error)`. */
export type LogFields = Record<string, Value | readonly Value[]> & { fault?: string };

export type Log = Record<Level, (msg: string, fields?: LogFields) => void>;

// Middleware, pages and handlers share one process but not one module graph.
const shared = globalThis as typeof globalThis & { gatehouseLog?: { write: (json: string) => void } };

const toPeople = (json: string) => void process.stderr.write(humanLine(json));

/** From now on all lines of this process are JSON on stdout. */
export function logAsJson(): void {
  shared.gatehouseLog = { write: (json) => void process.stdout.write(json) };
}

/**
 * From now on all lines of this process go to `write`, as JSON.
 * @returns what puts the former way back
 */
export function logTo(write: (json: string) => void): () => void {
  const before = shared.gatehouseLog;
  shared.gatehouseLog = { write };
  return () => {
    if (before) shared.gatehouseLog = before;
    else delete shared.gatehouseLog;
  };
}

function level(): LogLevel {
  try {
    return config().LOG_LEVEL;
  } catch {
    // Whoever started the program is told of the configuration by others.
    return "info";
  }
}

let logger: Logger | undefined;

function openLogger(): Logger {
  logger ??= pino(
    {
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redacted(fields) as Record<string, unknown>,
      },
      mixin: () => ({ ...currentRequest() }),
    },
    { write: (json) => (shared.gatehouseLog?.write ?? toPeople)(json) },
  );
  logger.level = level();
  return logger;
}

/**
 * The log of one part of the app.
 * @param area a word for the part, in the field `area` of each of its lines
 */
export function logOf(area: string): Log {
  const at =
    (name: Level) =>
    (msg: string, fields: LogFields = {}) =>
      openLogger()[name]({ area, ...fields }, msg);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

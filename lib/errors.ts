/**
 * The one small set of failures that verbs throw. The edge maps them: pages and actions to a form state, handlers to a
 * status code with problem+json, the CLI to an exit code. Texts are message keys (messages/*.json), never sentences.
 */

export type MessageParams = Record<string, string | number>;

/** A message key below `errors` with its arguments; `href` leads to what stands in the way. */
export type Problem = { key: string; params?: MessageParams; href?: string };

/** Every argument that a message below `errors` takes, for looking one up by a key that is known only at run time. */
export const NO_PARAMS = {
  ...{ min: 0, max: 0, permissions: "", seconds: 0, wait: 0, unit: "second", word: "" },
  ...{ columns: "", known: "", names: "", line: "", found: 0, wanted: 0 },
};

export type FieldProblems = Record<string, Problem>;

export abstract class AppError extends Error {
  abstract readonly code: "not-found" | "forbidden" | "conflict" | "invalid" | "blocked" | "unavailable";
  constructor(readonly problem: Problem) {
    super(problem.key);
    this.name = new.target.name;
  }
}

export class NotFound extends AppError {
  readonly code = "not-found";
  constructor(key = "notFound") {
    super({ key });
  }
}

/** The actor may not do this, whatever the input. */
export class Forbidden extends AppError {
  readonly code = "forbidden";
  constructor(key = "forbidden", params?: MessageParams) {
    super({ key, ...(params && { params }) });
  }
}

/** What is there stands in the way: somebody else changed the record in the meantime, or something refers to it. */
export class Conflict extends AppError {
  readonly code = "conflict";
  constructor(key = "stale") {
    super({ key });
  }
}

/** The input is wrong; `fields` names each field that is. */
export class Invalid extends AppError {
  readonly code = "invalid";
  constructor(readonly fields: FieldProblems) {
    super({ key: "invalid" });
  }
}

/** The input is right, but another record has a value that only one may have. */
export class Taken extends Invalid {}

/** The input gives more than the actor may give. */
export class TooGenerous extends Invalid {}

/** A number of seconds in the largest unit in which it is precise enough to wait for: never too short. */
function waitingTime(seconds: number): { wait: number; unit: "second" | "minute" | "hour" } {
  if (seconds < 120) return { wait: seconds, unit: "second" };
  if (seconds < 120 * 60) return { wait: Math.ceil(seconds / 60), unit: "minute" };
  return { wait: Math.ceil(seconds / 3600), unit: "hour" };
}

/** Too often: the same may be tried again in `retryAfterSeconds`. */
export class Blocked extends AppError {
  readonly code = "blocked";
  constructor(
    key: string,
    readonly retryAfterSeconds: number,
  ) {
    super({ key, params: { seconds: retryAfterSeconds, ...waitingTime(retryAfterSeconds) } });
  }
}

/** Something that the answer needs (the database) is out of reach for now. */
export class Unavailable extends AppError {
  readonly code = "unavailable";
  constructor(options?: { cause: unknown }) {
    super({ key: "unavailable" });
    if (options) this.cause = options.cause;
  }
}

import { isUnavailable } from "@/lib/db/client";
import { AppError, type FieldProblems, Invalid, type Problem, Unavailable } from "@/lib/errors";

/** What a form action answers when it did not save. */
export type FormState<Values> = {
  /** What was typed, so that nothing is lost without scripts. */
  values?: Values;
  /** Concerns the form as a whole. */
  problem?: Problem;
  fields?: FieldProblems;
  /** What somebody else has saved in the meantime, and the version that a next attempt is made on. */
  newer?: { version: number; values: Values };
};

type Issue = { path: PropertyKey[]; message: string; code?: string; keys?: string[] };

/** As much of zod as is used here. */
export type Schema<Output> = {
  safeParse: (
    input: unknown,
  ) => { success: true; data: Output } | { success: false; error: { issues: readonly Issue[] } };
};

/** The first problem of each field; what the schema does not know is named too. */
function fieldProblems(issues: readonly Issue[]): FieldProblems {
  // Names come from outside: in an object, those that every object has would count as taken.
  const fields = new Map<string, Problem>();
  for (const { path, message, code, keys } of issues) {
    const problem = { key: code === "unrecognized_keys" ? "unknownField" : message };
    const names = code === "unrecognized_keys" ? (keys ?? []) : [String(path[0] ?? "")];
    for (const name of names) if (!fields.has(name)) fields.set(name, problem);
  }
  return Object.fromEntries(fields);
}

/**
 * Checks values against the schema that the browser checked them with.
 * @throws Invalid with the first problem of each field
 */
export function parseInput<Output>(schema: Schema<Output>, values: unknown): Output {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  throw new Invalid(fieldProblems(result.error.issues));
}

/**
 * All values of a record with those of `patch` instead of the present ones.
 * @throws Invalid for problems of what is in `patch`; values that were stored before a rule came stay as they are
 */
export function parsePatch<Values extends Record<string, unknown>>(
  schema: Schema<Values>,
  values: Values,
  patch: Partial<Values>,
): Values {
  const merged = { ...values, ...patch };
  const result = schema.safeParse(merged);
  if (result.success) return result.data;
  const problems = Object.entries(fieldProblems(result.error.issues)).filter(
    ([name]) => name === "" || Object.hasOwn(patch, name),
  );
  if (problems.length > 0) throw new Invalid(Object.fromEntries(problems));
  return merged;
}

/**
 * What to tell of a failure, as a whole and field by field.
 * @throws what is no failure of ours
 */
export function problemsOf(error: unknown): { problem: Problem; fields?: FieldProblems } {
  const known = isUnavailable(error) ? new Unavailable() : error;
  if (!(known instanceof AppError)) throw known;
  return { problem: known.problem, ...(known instanceof Invalid && { fields: known.fields }) };
}

/** The form state of a failed save; what is no failure of ours is thrown on. */
export const formStateOf = <Values>(error: unknown, values: Values): FormState<Values> => ({
  values,
  ...problemsOf(error),
});

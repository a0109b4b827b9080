import { isUnavailable } from "@/lib/db/client";
import { AppError, type FieldProblems, Invalid, type Problem, Unavailable } from "@/lib/errors";

/** What a form action answers when it did not save. */
export type FormState<Values> = {
  /** What was typed, so that nothing is lost without scripts. */
  values?: Values;
  /** Concerns the form as a whole. */
  problem?: Problem;
  fields?: FieldProblems;
};

type Issue = { path: PropertyKey[]; message: string };
type Schema<Output> = {
  safeParse: (
    input: unknown,
  ) => { success: true; data: Output } | { success: false; error: { issues: readonly Issue[] } };
};

/**
 * Checks posted values against the schema that the browser checked them with.
 * @throws Invalid with the first problem of each field
 */
export function parseInput<Output>(schema: Schema<Output>, values: unknown): Output {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const fields: FieldProblems = {};
  for (const { path, message } of result.error.issues) fields[String(path[0] ?? "")] ??= { key: message };
  throw new Invalid(fields);
}

/** The form state of a failed save; what is no failure of ours is thrown on. */
export function formStateOf<Values>(error: unknown, values: Values): FormState<Values> {
  const known = isUnavailable(error) ? new Unavailable() : error;
  if (!(known instanceof AppError)) throw known;
  return { values, problem: known.problem, ...(known instanceof Invalid && { fields: known.fields }) };
}

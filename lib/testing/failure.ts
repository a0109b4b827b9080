import { AppError } from "@/lib/errors";

/**
 * The failure that a verb ends with.
 *
 * ```ts
 * expect(await failureOf(getUser(ctx, "x"))).toMatchObject({ code: "not-found" });
 * ```
 *
 * @throws Error if it succeeds; a failure that is not one of ours is thrown on
 */
export async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof AppError) return outcome;
  throw outcome ?? new Error("It was expected to fail, and did not.");
}

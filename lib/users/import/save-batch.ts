import { sql } from "drizzle-orm";
import { type Context, inTransaction } from "@/lib/context";
import type { Wanted } from "@/lib/crud/draft";
import { saveIn } from "@/lib/crud/save";
import { isUniqueViolation } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { AppError, type FieldProblems, Invalid } from "@/lib/errors";
import { userEntity } from "@/lib/users/entity";
import { preparePassword } from "@/lib/users/state";
import { idsByName, NAMED, NAMED_COLUMNS } from "./names";
import type { Wish } from "./wish";

/** What became of a wish: the problems are by column of the file. */
export type Granted = { wish: Wish } & (
  | { result: "created" | "alreadyThere" }
  | { result: "refused"; problems: FieldProblems }
);

type Ready = { wish: Wish; wanted: Wanted };

/** The login ids, in their canonical form, that somebody has. */
async function takenOf(ctx: Context, wishes: readonly Wish[]): Promise<Set<string>> {
  const all = wishes.map(({ canonical }) => canonical);
  const rows = await ctx.db
    .select({ canonical: users.loginIdCanonical })
    .from(users)
    // One parameter, however many there are.
    .where(sql`${users.loginIdCanonical} = any(${sql.param(all)}::text[])`);
  return new Set(rows.map(({ canonical }) => canonical));
}

/** The problems of a refusal by column; those that concern the user as a whole are told of the login. */
function problemsOf(error: AppError): FieldProblems {
  const fields = error instanceof Invalid ? error.fields : { loginId: error.problem };
  const columnOf = (field: string) => NAMED_COLUMNS.find((column) => NAMED[column].field === field) ?? field;
  return Object.fromEntries(Object.entries(fields).map(([field, problem]) => [columnOf(field), problem]));
}

const refused = (wish: Wish, error: unknown): Granted => {
  if (!(error instanceof AppError)) throw error;
  return { wish, result: "refused", problems: problemsOf(error) };
};

/** A function that finds the ids behind the names of a wish. @throws Invalid naming those that are not there */
async function lookUpNames(ctx: Context, wishes: readonly Wish[]) {
  const known = new Map<string, Map<string, string>>();
  for (const column of NAMED_COLUMNS) {
    const names = wishes.flatMap((wish) => wish.names[column]);
    known.set(column, await idsByName(ctx, column, names));
  }
  return ({ names }: Wish): Record<string, string[]> => {
    const problems: FieldProblems = {};
    const ids = NAMED_COLUMNS.map((column) => {
      const { canonical, field } = NAMED[column];
      const idOf = (name: string) => known.get(column)?.get(canonical(name));
      const missing = names[column].filter((name) => idOf(name) === undefined);
      if (missing.length > 0) problems[column] = { key: "unknownNames", params: { names: missing.join(", ") } };
      return [field, names[column].flatMap((name) => idOf(name) ?? [])];
    });
    if (Object.keys(problems).length > 0) throw new Invalid(problems);
    return Object.fromEntries(ids);
  };
}

class TakenBack extends Error {}

/** Some of a set cannot be saved together. */
class SomeRefused extends Error {}

/**
 * Saves users in one transaction.
 * @throws the refusal of a single one; SomeRefused if any of several is refused
 */
async function write(ctx: Context, ready: readonly Ready[], dryRun: boolean): Promise<void> {
  const saving = inTransaction(ctx, async (tx) => {
    const outcomes = await saveIn(
      tx,
      userEntity,
      ready.map(({ wanted }) => wanted),
    );
    for (const outcome of outcomes) {
      if (outcome.result === "refused") throw ready.length === 1 ? outcome.error : new SomeRefused();
    }
    if (dryRun) throw new TakenBack();
  });
  await saving.catch((error: unknown) => {
    if (!(error instanceof TakenBack)) throw error;
  });
}

async function writeOne(ctx: Context, ready: Ready, dryRun: boolean): Promise<Granted> {
  const { wish } = ready;
  try {
    await write(ctx, [ready], dryRun);
    return { wish, result: "created" };
  } catch (error) {
    return isUniqueViolation(error) ? { wish, result: "alreadyThere" } : refused(wish, error);
  }
}

/**
 * Creates the users of some wishes that nobody else's login id has, as `createUser` does, in one transaction; where one is in
 * the way of all others, each in its own.
 * @param dryRun whether everything is taken back in the end
 */
export async function saveBatch(ctx: Context, wishes: readonly Wish[], dryRun: boolean): Promise<Granted[]> {
  const taken = await takenOf(ctx, wishes);
  const there = wishes.filter(({ canonical }) => taken.has(canonical));
  // In one order, so that two imports at once do not wait for each other.
  const fresh = wishes
    .filter(({ canonical }) => !taken.has(canonical))
    .sort((a, b) => (a.canonical < b.canonical ? -1 : 1));
  const idsOf = await lookUpNames(ctx, fresh);
  const prepared = await Promise.all(
    fresh.map(async (wish): Promise<Ready | Granted> => {
      try {
        const values = { ...wish.input, ...idsOf(wish) };
        const columns = await preparePassword(ctx, values, undefined);
        return { wish, wanted: { patch: () => values, prepared: { ...columns, ...wish.columns } } };
      } catch (error) {
        return refused(wish, error);
      }
    }),
  );
  const ready = prepared.filter((one) => "wanted" in one);
  const outcomes: Granted[] = [
    ...there.map((wish) => ({ wish, result: "alreadyThere" as const })),
    ...prepared.filter((one) => "result" in one),
  ];
  if (ready.length === 0) return outcomes;
  try {
    await write(ctx, ready, dryRun);
    return [...outcomes, ...ready.map(({ wish }) => ({ wish, result: "created" as const }))];
  } catch (error) {
    if (!isUniqueViolation(error) && !(error instanceof AppError) && !(error instanceof SomeRefused)) throw error;
    for (const one of ready) outcomes.push(await writeOne(ctx, one, dryRun));
    return outcomes;
  }
}

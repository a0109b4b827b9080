import { and, type SQL, sql } from "drizzle-orm";
import { canonicalLoginId } from "@/lib/auth/login-id";
import type { Context } from "@/lib/context";
import { contains } from "@/lib/crud/list-sql";
import { countUpTo } from "@/lib/crud/page";
import { correlated } from "@/lib/db/correlated";
import { users } from "@/lib/db/schema/users";
import { numbersOf } from "./record";
import type { Target } from "./source";
import { holderIds, holds, type Way } from "./ways";

/**
 * Conditions on `users`, to try in turn. The last one always finds all holders that match; those before it cost less and
 * find some, which is enough if they fill the page, or are more than anybody counts.
 */
export type HolderSearch = { page: SQL[]; total: SQL[] };

/** Up to so many links it costs little to look at every holder. */
const MANY_LINKS = 50_000;

/** How far down the alphabet of all users a page is looked for before all holders are sorted. */
const windowFor = (rowsNeeded: number) => Math.max(5_000, 2 * rowsNeeded);

/** As an array, so that the planner always begins with the holders, however many it expects. */
const isAmong = (ids: SQL): SQL => sql`${users.id} = any(array(${ids}))`;

/** Not behind the first `count` of the users that match. */
const isAmongFirst = (count: number, matches: SQL | undefined): SQL =>
  sql`${users.loginIdCanonical} <= (select ${users.loginIdCanonical} from ${users}
    ${matches ? sql`where ${matches}` : sql``} order by ${users.loginIdCanonical} limit 1 offset ${count})`;

/**
 * How to find the holders of `target` whose login id contains `q`. From the holders where they are few, from the users who
 * match where those are few; where both are many, one user after the other until the page is full.
 * @param rowsNeeded up to the end of the page
 * @throws NotFound if there is no such permission, bundle or group
 */
export async function holderSearch(
  ctx: Context,
  target: Target,
  ways: readonly Way[],
  { q, rowsNeeded }: { q: string; rowsNeeded: number },
): Promise<HolderSearch> {
  const ids = holderIds(ways, target.id);
  const { links } = await numbersOf(ctx, target, {
    links: correlated(sql<number>`(select count(*)::int from (${ids} limit ${MANY_LINKS + 1}) counted)`),
  });
  const matches = q ? contains(users.loginIdCanonical, canonicalLoginId(q)) : undefined;
  const every = (...conditions: (SQL | undefined)[]) => and(matches, ...conditions) as SQL;

  const fromHolders = every(isAmong(ids));
  if (links <= MANY_LINKS) return { page: [fromHolders], total: [fromHolders] };

  const oneByOne = every(holds(ways, users.id, target.id));
  const areMatchesFew = matches && !(await countUpTo(ctx.db, users, matches)).totalIsEstimate;
  if (areMatchesFew) return { page: [oneByOne], total: [oneByOne] };

  return {
    page: [and(oneByOne, isAmongFirst(windowFor(rowsNeeded), matches)) as SQL, fromHolders],
    total: [every(isAmong(sql`${ids} limit ${MANY_LINKS}`)), matches ? oneByOne : fromHolders],
  };
}

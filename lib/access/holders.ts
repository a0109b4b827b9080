import { asc, type SQL, sql } from "drizzle-orm";
import { isActive } from "@/lib/auth/active";
import type { Context } from "@/lib/context";
import { countUpTo, type Page } from "@/lib/crud/page";
import { users } from "@/lib/db/schema/users";
import { type HolderSearch, holderSearch } from "./holder-search";
import type { Source, Target } from "./source";
import { sourcesOf, type Way, waysTo } from "./ways";

export type Holder = { id: string; loginId: string; isActive: boolean; sources: Source[] };

/** `page` from 1. */
export type HolderQuery = { q: string; page: number; size: number };

/** The page of users that `where` leaves, and the sources of just those. */
function pageOf(ctx: Context, target: Target, ways: readonly Way[], query: HolderQuery, where: SQL): Promise<Holder[]> {
  const page = ctx.db
    .select({
      id: users.id,
      loginId: users.loginId,
      canonical: users.loginIdCanonical,
      isActive: isActive().as("is_active"),
    })
    .from(users)
    .where(where)
    .orderBy(asc(users.loginIdCanonical))
    .limit(query.size)
    .offset((query.page - 1) * query.size)
    .as("page");
  const given = sourcesOf(ctx.db, ways, page.id, target.id);
  return ctx.db
    .select({ id: page.id, loginId: page.loginId, isActive: page.isActive, sources: given.sources })
    .from(page)
    .innerJoinLateral(given, sql`true`)
    .orderBy(asc(page.canonical));
}

async function totalOf(ctx: Context, search: HolderSearch): Promise<Omit<Page<never>, "items">> {
  let counted = { total: 0, totalIsEstimate: false };
  for (const where of search.total) {
    counted = await countUpTo(ctx.db, users, where);
    if (counted.totalIsEstimate) break;
  }
  return counted;
}

/**
 * One page of the users who have it, by login id, each with every source. An actor who may not know who is a superuser sees
 * only those who have it in other ways.
 * @param query where `q` is a part of the login id
 * @throws NotFound if there is no such permission, bundle or group
 */
export async function holdersOf(ctx: Context, target: Target, query: HolderQuery): Promise<Page<Holder>> {
  const ways = waysTo(ctx, target.kind);
  const search = await holderSearch(ctx, target, ways, { q: query.q, rowsNeeded: query.page * query.size });
  let items: Holder[] = [];
  for (const where of search.page) {
    items = await pageOf(ctx, target, ways, query, where);
    if (items.length === query.size) break;
  }
  return { items, ...(await totalOf(ctx, search)) };
}

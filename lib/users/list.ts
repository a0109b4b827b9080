import { and, eq, exists, gt, type SQL, sql } from "drizzle-orm";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import type { ListQuery } from "@/lib/crud/list-query";
import { contains, type ListColumns, offsetOf, orderOf, whereOf } from "@/lib/crud/list-sql";
import { countUpTo, type Page } from "@/lib/crud/page";
import { database } from "@/lib/db/client";
import { correlated } from "@/lib/db/correlated";
import { groups, userGroups } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";

const isInGroup = (groupId: string): SQL =>
  exists(
    database()
      .select({ one: sql`1` })
      .from(userGroups)
      .where(and(eq(userGroups.userId, users.id), eq(userGroups.groupId, groupId))),
  );

const verified: ListColumns = { isVerified: { column: users.isVerified, sortable: true, filter: "boolean" } };

const superuser: ListColumns = { isSuperuser: { column: users.isSuperuser, sortable: true, filter: "boolean" } };

/** Who is a superuser is for superusers to know: others would learn whose account is worth attacking. */
const seesSuperusers = ({ actor }: Context) => actor.kind !== "user" || actor.principal.isSuperuser;

/** The fields of the users list that the actor may see: whether somebody is verified says something only where mail is sent. */
export const userColumns = (ctx: Context): ListColumns => ({
  loginId: { column: users.loginIdCanonical, sortable: true, filter: "text", canonical: canonicalLoginId },
  isEnabled: { column: users.isEnabled, sortable: true, filter: "boolean" },
  ...(config().mailEnabled && verified),
  ...(seesSuperusers(ctx) && superuser),
  groupIds: { filter: "relation", where: isInGroup },
  lastLoginAt: { column: users.lastLoginAt, sortable: true, filter: "dateRange" },
  disabledAt: { column: users.disabledAt, sortable: true, filter: "dateRange" },
});

export type UserRow = {
  id: string;
  loginId: string;
  isEnabled: boolean;
  isVerified: boolean;
  isSuperuser: boolean;
  groups: string[];
  lastLoginAt: Date | null;
  disabledAt: Date | null;
};

const rowColumns = () => ({
  id: users.id,
  loginId: users.loginId,
  isEnabled: users.isEnabled,
  isVerified: users.isVerified,
  isSuperuser: users.isSuperuser,
  groups: correlated(sql<string[]>`array(select ${groups.name} from ${userGroups}
    join ${groups} on ${groups.id} = ${userGroups.groupId}
    where ${userGroups.userId} = ${users.id} order by ${groups.name})`),
  lastLoginAt: users.lastLoginAt,
  disabledAt: users.disabledAt,
});

/** One page of users. */
export async function listUsers(ctx: Context, query: ListQuery): Promise<Page<UserRow>> {
  const columns = userColumns(ctx);
  const where = and(
    query.q ? contains(users.loginIdCanonical, canonicalLoginId(query.q)) : undefined,
    whereOf(query, columns),
  );
  const items = await ctx.db
    .select(rowColumns())
    .from(users)
    .where(where)
    .orderBy(...orderOf(query, columns, users.loginIdCanonical, users.id))
    .limit(query.size)
    .offset(offsetOf(query));
  return { items, ...(await countUpTo(ctx.db, users, where)) };
}

const BATCH = 1000;

/** All users by login id, read in batches so that memory stays flat. */
export async function* everyUser(ctx: Context): AsyncGenerator<UserRow> {
  let last = "";
  for (;;) {
    const batch = await ctx.db
      .select({ ...rowColumns(), canonical: users.loginIdCanonical })
      .from(users)
      .where(gt(users.loginIdCanonical, last))
      .orderBy(users.loginIdCanonical)
      .limit(BATCH);
    for (const { canonical, ...user } of batch) {
      last = canonical;
      yield user;
    }
    if (batch.length < BATCH) return;
  }
}

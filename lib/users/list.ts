import { gt, sql } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { correlated } from "@/lib/db/correlated";
import { groups, userGroups } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";

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

const rowColumns = {
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
};

const BATCH = 1000;

/** All users by login id, read in batches so that memory stays flat. */
export async function* everyUser(ctx: Context): AsyncGenerator<UserRow> {
  let last = "";
  for (;;) {
    const batch = await ctx.db
      .select({ ...rowColumns, canonical: users.loginIdCanonical })
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

import { asc, sql } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { type ExportValue, unambiguous } from "@/lib/crud/export/cells";
import { csvChunks } from "@/lib/crud/export/csv";
import { correlated } from "@/lib/db/correlated";
import { readInBatches } from "@/lib/db/cursor";
import { bundles, groups, permissions, userBundles, userGroups, userPermissions } from "@/lib/db/schema/access";
import { users } from "@/lib/db/schema/users";
import { COLUMNS, type Column } from "@/lib/users/import/columns";
import { joinNames } from "@/lib/users/import/names";

const rowColumns = {
  loginId: users.loginId,
  isEnabled: users.isEnabled,
  isVerified: users.isVerified,
  disabledAt: users.disabledAt,
  locale: users.locale,
  isSuperuser: users.isSuperuser,
  // What a directory or a provider has put there is theirs to put there again.
  groups: correlated(sql<string[]>`array(select ${groups.name} from ${userGroups}
    join ${groups} on ${groups.id} = ${userGroups.groupId}
    where ${userGroups.userId} = ${users.id} and ${userGroups.byHand} order by ${groups.name})`),
  bundles: correlated(sql<string[]>`array(select ${bundles.name} from ${userBundles}
    join ${bundles} on ${bundles.id} = ${userBundles.bundleId}
    where ${userBundles.userId} = ${users.id} order by ${bundles.name})`),
  permissions: correlated(sql<string[]>`array(select ${permissions.token} from ${userPermissions}
    join ${permissions} on ${permissions.id} = ${userPermissions.permissionId}
    where ${userPermissions.userId} = ${users.id} order by ${permissions.token})`),
  passwordHash: users.passwordHash,
};

type Exported = Exclude<Column, "password">;

const isExported = (column: Column): column is Exported => column !== "password";

function cellOf(value: boolean | string | string[] | Date | null): ExportValue {
  if (Array.isArray(value)) return unambiguous(joinNames(value));
  return typeof value === "string" ? unambiguous(value) : value;
}

/**
 * All users by login id as a CSV file that `importUsers` can read, as they were at one moment.
 * @param withPasswordHashes whoever has the file can try passwords on them
 * @param onBatch is told of so many more users
 */
export async function* exportUsers(
  _ctx: Context,
  { withPasswordHashes = false, onBatch = (_users: number) => {} } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const columns = COLUMNS.filter(isExported).filter((column) => column !== "passwordHash" || withPasswordHashes);
  async function* rows() {
    const batches = readInBatches((db) => db.select(rowColumns).from(users).orderBy(asc(users.loginIdCanonical)));
    for await (const batch of batches) {
      onBatch(batch.length);
      yield batch.map((row) => columns.map((column) => cellOf(row[column])));
    }
  }
  yield* csvChunks([...columns], rows(), { yes: "true", no: "false" });
}

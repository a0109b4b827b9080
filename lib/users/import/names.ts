import { inArray, type SQL, sql } from "drizzle-orm";
import type { Context } from "@/lib/context";
import { canonicalName } from "@/lib/crud/name";
import { bundles, groups, permissions } from "@/lib/db/schema/access";

/** Several names in one cell, between vertical bars; a bar or a backslash within a name has a backslash before it. */

/** A cell that holds `names`. */
export const joinNames = (names: readonly string[]): string =>
  names.map((name) => name.replace(/[\\|]/g, "\\$&")).join("|");

/** The names in a cell. A backslash before anything else stands for itself, so that nobody has to double it by hand. */
export function splitNames(cell: string): string[] {
  const names = cell.match(/(?:\\[\\|]|[^|])+/g) ?? [];
  return names.map((name) => name.replace(/\\([\\|])/g, "$1").trim()).filter(Boolean);
}

/** What names stand for: the columns of a file, the form fields behind them, and how a name is compared. */
export const NAMED = {
  groups: { field: "groupIds", table: groups, by: groups.nameCanonical, canonical: canonicalName },
  bundles: { field: "bundleIds", table: bundles, by: bundles.nameCanonical, canonical: canonicalName },
  permissions: {
    field: "permissionIds",
    table: permissions,
    by: permissions.token,
    canonical: (token: string) => token,
  },
} as const;

export type NamedColumn = keyof typeof NAMED;

export const NAMED_COLUMNS = Object.keys(NAMED) as NamedColumn[];

/** The ids behind names, by canonical name; names of nothing are left out. */
export async function idsByName(ctx: Context, column: NamedColumn, names: string[]): Promise<Map<string, string>> {
  const { table, by, canonical } = NAMED[column];
  const wanted = [...new Set(names.map(canonical))];
  if (wanted.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: sql<string>`${table.id}`, name: sql<string>`${by}` as SQL<string> })
    .from(table)
    .where(inArray(by, wanted));
  return new Map(rows.map(({ id, name }) => [name, id]));
}

import { getTableColumns } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";

/** The key under which Drizzle knows a column in its table. */
export function keyOfColumn(column: PgColumn): string {
  const entry = Object.entries(getTableColumns(column.table)).find(([, candidate]) => candidate.name === column.name);
  if (!entry) throw new Error(`${column.name} is no column of its table.`);
  return entry[0];
}

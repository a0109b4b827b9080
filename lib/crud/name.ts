import type { PgColumn } from "drizzle-orm/pg-core";
import type { EntityTable, Field, Values } from "./entity";

/** Names that people give to records: kept as typed but for blanks, compared without regard to case and spelling. */

/** As it is shown: no white space around it, and single blanks within. */
const tidyName = (name: string): string => name.replace(/\s+/g, " ").trim();

/** As it is compared: "Staff" and " staff " are one name. */
export const canonicalName = (name: string): string => tidyName(name.normalize("NFKC")).toLowerCase();

export type NamedTable = EntityTable & { name: PgColumn; nameCanonical: PgColumn };

/** The field for a table's `name` and `nameCanonical` columns. */
export const nameField = (table: NamedTable): Field => ({
  kind: "text",
  column: table.name,
  compared: table.nameCanonical,
  canonical: canonicalName,
  unique: "nameTaken",
  isRequired: true,
  list: "shown",
  sortable: true,
  filter: "text",
});

/** What is stored of a name. */
export const nameColumns = ({ name }: Values) => {
  const tidy = tidyName(String(name));
  return { name: tidy, nameCanonical: canonicalName(tidy) };
};

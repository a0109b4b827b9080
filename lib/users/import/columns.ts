import { Forbidden, Invalid } from "@/lib/errors";

/** What a file of users may have, in the order in which an export writes it. */
export const COLUMNS = [
  "loginId",
  "isEnabled",
  "isVerified",
  "disabledAt",
  "locale",
  "isSuperuser",
  "groups",
  "bundles",
  "permissions",
  "passwordHash",
  "password",
] as const;

export type Column = (typeof COLUMNS)[number];

/** Those that let people do more than sign in. */
const PRIVILEGES: readonly Column[] = ["isSuperuser", "groups", "bundles", "permissions"];

const isColumn = (name: string): name is Column => (COLUMNS as readonly string[]).includes(name);

/**
 * The columns of a file.
 * @param names what its first line says
 * @throws Invalid on `header` if one is unknown, there twice or missing; Forbidden for privileges that nobody has allowed
 */
export function columnsOf(names: readonly string[], allowPrivileges: boolean): Column[] {
  const trimmed = names.map((name) => name.trim());
  const unknown = trimmed.filter((name) => !isColumn(name));
  if (unknown.length > 0) {
    const params = { columns: unknown.map((name) => JSON.stringify(name)).join(", "), known: COLUMNS.join(", ") };
    throw new Invalid({ header: { key: "unknownColumns", params } });
  }
  const repeated = trimmed.find((name, index) => trimmed.indexOf(name) < index);
  if (repeated) throw new Invalid({ header: { key: "columnTwice", params: { columns: repeated } } });
  if (!trimmed.includes("loginId"))
    throw new Invalid({ header: { key: "columnMissing", params: { columns: "loginId" } } });
  const columns = trimmed.filter(isColumn);
  const privileges = columns.filter((name) => PRIVILEGES.includes(name));
  if (privileges.length > 0 && !allowPrivileges) {
    throw new Forbidden("privilegesNotAllowed", { columns: privileges.join(", ") });
  }
  return columns;
}

import { hasPasswordHere } from "@/lib/auth/domains";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { isVerifiableHash } from "@/lib/auth/password-hashes/schemes";
import { restored } from "@/lib/crud/export/cells";
import { parseInput } from "@/lib/crud/form-state";
import { type FieldProblems, Invalid } from "@/lib/errors";
import { isLocale } from "@/lib/i18n/locales";
import { newUser, type UserInput, userSchema } from "@/lib/users/schema";
import type { Column } from "./columns";
import { NAMED_COLUMNS, type NamedColumn, splitNames } from "./names";

/** A line of the file by columns; those that the file does not have are absent. */
export type Cells = Partial<Record<Column, string>>;

/** A user whom a line asks for. */
export type Wish = {
  line: number;
  /** As it stands in the file. */
  loginId: string;
  canonical: string;
  input: UserInput;
  /** Names that are to be looked up. */
  names: Record<NamedColumn, string[]>;
  /** Columns that no form sets. */
  columns: { isVerified: boolean; locale: string | null; passwordHash?: string };
};

/** As spreadsheets, databases and people write them. */
const SWITCHES: Record<string, boolean> = {
  true: true,
  t: true,
  yes: true,
  1: true,
  false: false,
  f: false,
  no: false,
  0: false,
};

function credentialProblems({ password = "", passwordHash = "" }: Cells, canonical: string): FieldProblems {
  const column = passwordHash === "" ? "password" : "passwordHash";
  if (password === "" && passwordHash === "") return {};
  if (!hasPasswordHere(canonical)) return { [column]: { key: "reservedDomain" } };
  if (password !== "" && passwordHash !== "") return { passwordHash: { key: "passwordTwice" } };
  return passwordHash !== "" && !isVerifiableHash(passwordHash) ? { passwordHash: { key: "hashUnknown" } } : {};
}

/**
 * What a line asks for.
 * @throws Invalid with the problems of all columns
 */
export function wishOf(line: number, written: Cells): Wish {
  // Exports defuse what a spreadsheet would calculate. Nobody exports passwords: they are taken as they are.
  const cells = Object.fromEntries(
    Object.entries(written).map(([column, cell]) => [column, column === "password" ? cell : restored(cell).trim()]),
  ) as Cells;
  const { loginId = "", disabledAt = "", locale = "", password = "", passwordHash = "" } = cells;
  const canonical = canonicalLoginId(loginId);
  const problems = credentialProblems(cells, canonical);
  const switchOf = (column: Column, byDefault: boolean) => {
    const cell = cells[column] ?? "";
    const value = cell === "" ? byDefault : SWITCHES[cell.toLowerCase()];
    if (value === undefined) problems[column] = { key: "notABoolean" };
    return value ?? byDefault;
  };
  if (locale !== "" && !isLocale(locale)) problems.locale = { key: "unknownLocale" };
  // Whoever brings a password along vouches for the account, as everywhere else.
  const isVerified = switchOf("isVerified", password !== "" || passwordHash !== "");
  const input = {
    ...newUser,
    loginId,
    disabledAt,
    isEnabled: switchOf("isEnabled", true),
    isSuperuser: switchOf("isSuperuser", false),
    password,
    confirm: password,
  };
  const parsed = attempt(() => parseInput(userSchema, input), problems);
  if (!parsed || Object.keys(problems).length > 0) throw new Invalid(problems);
  const names = Object.fromEntries(NAMED_COLUMNS.map((column) => [column, splitNames(cells[column] ?? "")]));
  return {
    line,
    loginId,
    canonical,
    input: parsed,
    names: names as Wish["names"],
    columns: { isVerified, locale: locale || null, ...(passwordHash !== "" && { passwordHash }) },
  };
}

/** Runs a check and adds what it refuses to `problems`. */
function attempt<T>(check: () => T, problems: FieldProblems): T | undefined {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    Object.assign(problems, error.fields);
    return undefined;
  }
}

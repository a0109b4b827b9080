import type { SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Condition } from "@/lib/auth/conditions";
import type { Context } from "@/lib/context";
import type { AppError, Problem } from "@/lib/errors";
import { keyOfColumn } from "./columns";
import type { Schema } from "./form-state";
import type { FilterKind, ListQuery } from "./list-query";
import type { Page } from "./page";
import type { Relation, RelationChange } from "./relations";

/**
 * One definition per entity. List, forms, delete, export, bulk actions, JSON API, OpenAPI, audit and history follow from
 * it; where it is silent, nothing happens. The verbs in this folder take it as their second argument.
 */

/** What a form holds of a record, by field: texts, switches, and ids of what it holds. */
export type Values = Record<string, unknown>;

/** A row of the entity's table with all its columns. */
export type StoredRow = { id: string } & Record<string, unknown>;

export type FieldKind =
  | "text"
  | "longText"
  | "code"
  | "boolean"
  | "day"
  | "dateTime"
  | "choice"
  | "relation"
  /** A relation to permissions, chosen by ticking. */
  | "permissions"
  | "password"
  | "changes";

export type Field = {
  kind: FieldKind;
  /** Where the value is stored. Without one, the entity's `toColumns` or a relation takes care of it. */
  column?: PgColumn;
  /** The column that is sorted, filtered and compared by; `column` unless a canonical form is kept beside it. */
  compared?: PgColumn;
  /** The form in which a text is compared. */
  canonical?: (text: string) => string;
  /** The values of a choice; their labels are messages `choices.<field>.<value>`. */
  choices?: readonly string[];
  relation?: Relation;
  /** Whether the list has it as a column: at once, or when somebody asks for it. */
  list?: "shown" | "offered";
  sortable?: boolean;
  filter?: FilterKind;
  isRequired?: boolean;
  /** For texts: no two records may have it, compared in the canonical form. The key of the message below `errors`. */
  unique?: string;
  /** Who may know of the field at all: in lists, filters, exports, forms and the API. Everybody, if absent. */
  isVisible?: (ctx: Context) => boolean;
  /** Whether the form of a new or of an existing record asks for it; both do, if absent. */
  isOnForm?: (record: "new" | "existing") => boolean;
};

export type Action = "list" | "add" | "edit" | "delete";

/** What each action needs. What is absent cannot be done at all. */
export type Access = { list: Condition } & { [action in Exclude<Action, "list">]?: Condition };

/** One record that a save, a bulk action or a deletion is about to change. */
export type Change = {
  id: string;
  /** As it was when its row was locked; absent for a new record. */
  before?: StoredRow;
  /** As it will be; absent for one that is deleted. */
  after?: StoredRow;
  /** All fields as they will be. */
  input: Values;
  /** What it newly holds and holds no longer. */
  relations: RelationChange[];
};

/** Says no to one change by throwing one of the errors of lib/errors.ts. */
export type Judge = (change: Change) => void;

/**
 * Hooks run in the transaction of the change. Those before it are asked in two steps, so that a bulk action of thousands
 * costs few queries: look up what the decisions need for all changes, then judge each by itself.
 */
export type Hooks = {
  beforeSave?(tx: Context, changes: Change[]): Promise<Judge>;
  afterSave?(tx: Context, changes: Change[]): Promise<void>;
  beforeDelete?(tx: Context, changes: Change[]): Promise<Judge>;
  afterDelete?(tx: Context, changes: Change[]): Promise<void>;
};

export type Editing = {
  /** What a form may contain: the same schema in the browser and on the server. */
  schema: Schema<Values>;
  /** The empty form. */
  defaults: Values;
  /** The form, section by section: key of the section's title below `sections`, and its fields. */
  form: Record<string, string[]>;
  /**
   * Checks what the schema cannot know and does slow work (hashing), before any transaction.
   * @param id of the record that is changed, of which `sent` may hold some fields only; undefined for a new one
   * @returns columns to store beside those of the fields
   */
  prepare?(ctx: Context, sent: Values, id: string | undefined): Promise<Record<string, unknown>>;
  /** The columns for `input`; the default stores each field in its own column. */
  toColumns?(input: Values, before: StoredRow | undefined): Record<string, unknown>;
  /** Further columns to read when a row is locked, such as what the database's clock says of it. */
  computed?: Record<string, SQL>;
  /** Locks to take before rows are read. */
  lock?(tx: Context, ids: string[], sent: Values[]): Promise<void>;
  hooks?: Hooks;
};

/** What became of one record that was to be saved, deleted or acted upon. */
export type Outcome =
  | { id: string; label: string; result: "changed" | "unchanged" }
  | { id: string; label: string; result: "refused"; error: AppError };

/** Does something to any number of records in the transaction of `tx`, audit rows included, and tells of each. */
export type Run = (tx: Context, ids: string[]) => Promise<Outcome[]>;

/** What can be done to many records at once. */
export type BulkAction = {
  access: Condition;
  /** The relation of which a record has to be chosen first. */
  chooses?: string;
} & (
  | {
      /** What it makes of a record. */
      patch: (values: Values, chosen: string) => Values;
    }
  | { deletes: true }
  | {
      /** What it does, where that is neither a save nor a deletion. A preview runs it too, and takes everything back. */
      run: Run;
    }
);

/** What a deletion takes along: a key below `affects` in the messages, and how many. */
export type Affected = { key: string; count: number };

export type EntityTable = PgTable & { id: PgColumn };

export type Entity = {
  /** Names the folder, the paths and the audit rows. */
  name: string;
  table: EntityTable;
  access: Access;
  /** Which rows of the table are records of it at all; every row, if absent. */
  where?(): SQL;
  /** Whether a text can be an id of it; a UUID, unless this says otherwise. */
  isId?(text: string): boolean;
  /** The field that is the record's name. */
  label: string;
  /** A unique column without gaps: the end of every order, and by itself the order where nobody asks for another. */
  order: { column: PgColumn };
  /** The order where nobody asks for another, if the unique column alone is not what people expect. */
  defaultSort?: ListQuery["sort"];
  fields: Record<string, Field>;
  /** The condition of the search box. */
  search?: (text: string) => SQL | undefined;
  /** Whether its lists are read from the replica, as exports always are: worth two questions more where rows are many. */
  readsReplica?: true;
  /** Absent for what can only be read. */
  editing?: Editing;
  /** Why a row may not be edited or deleted by the actor: asked for every row of a list, and again by the verbs. */
  rowRule?(ctx: Context, row: StoredRow, action: "edit" | "delete"): Problem | undefined;
  /** Controls that the actor may not use on a record, each with the reason. */
  fieldRules?(ctx: Context, record: { row: StoredRow; values: Values } | undefined): Promise<Record<string, Problem>>;
  /** Choices of a relation that the actor may not add, each with the reason. */
  choiceRules?(ctx: Context, field: string, ids: string[]): Promise<Map<string, Problem>>;
  bulk?: Record<string, BulkAction>;
  /** Another way to delete than to take the row away with an audit row of what it held; what is not there is refused. */
  remove?: Run;
  affectedBy?(ctx: Context, id: string): Promise<Affected[]>;
  /** A row as the actor may see it, where that is not as it is stored; for lists, records, exports and the API. */
  present?(ctx: Context, row: StoredRow): StoredRow | Promise<StoredRow>;
  /** Another way to get a page of rows than the table, for what the database does not know. */
  list?(ctx: Context, query: ListQuery): Promise<Page<StoredRow>>;
};

/** The fields that the actor may know of. */
export const visibleFields = (ctx: Context, { fields }: Entity): [name: string, field: Field][] =>
  Object.entries(fields).filter(([, { isVisible }]) => isVisible?.(ctx) ?? true);

/** The columns that a list can show, those that it shows at first, or those that `cols` asks for, in that order. */
export function listColumns(ctx: Context, entity: Entity, which: "all" | string[] | undefined): [string, Field][] {
  const all = visibleFields(ctx, entity).filter(([, { list }]) => list !== undefined);
  if (which === "all") return all;
  const asked = (which ?? []).flatMap((name) => all.filter(([candidate]) => candidate === name));
  return asked.length > 0 ? asked : all.filter(([, { list }]) => list === "shown");
}

/** @throws Error for what can only be read: the caller should not have asked */
export function editingOf({ name, editing }: Entity): Editing {
  if (!editing) throw new Error(`${name} can only be read.`);
  return editing;
}

export const labelOf = ({ label, fields }: Entity, row: StoredRow): string => {
  const column = fields[label]?.column;
  return String((column && row[keyOfColumn(column)]) ?? row.id);
};

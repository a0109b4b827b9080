import { getTableName, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { createTranslator } from "use-intl/core";
import { describe, expect, it, vi } from "vitest";
import type { Affected } from "@/lib/access/affected";
import { keyOfColumn } from "@/lib/crud/columns";
import { type Entity, editingOf, type Field, labelOf } from "@/lib/crud/entity";
import { parseInput } from "@/lib/crud/form-state";
import { database } from "@/lib/db/client";
import { type AdminEntity, entities, entityNamed } from "@/lib/entities";
import { entityNames } from "@/lib/entity-names";
import { type Locale, loadMessages, locales, type Messages } from "@/lib/i18n/locales";
import { routes } from "@/lib/routes";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestBundle, createTestGroup, createTestUser, signedIn } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";

/**
 * What the screens ask of every entity, derived from its definition: whoever adds a field, a choice or an action and
 * forgets its words, or an index, is told here and not by an empty label.
 */

setUpTestDatabase();

const reader = vi.hoisted(() => ({ locale: "en" as Locale }));

// Where there is no request there is no language either: it is the one that the test is about.
vi.mock(import("next-intl/server"), async (importOriginal) => {
  const getTranslations = async (namespace: keyof Messages) =>
    createTranslator({
      locale: reader.locale,
      messages: await loadMessages(reader.locale),
      namespace,
      timeZone: "UTC",
    });
  return { ...(await importOriginal()), getTranslations: getTranslations as never };
});

const all = Object.entries(entities);

const isOnScreen = ({ list, filter }: Field) => list !== undefined || filter !== undefined;

const formFields = ({ editing }: Entity): string[] => Object.values(editing?.form ?? {}).flat();

/** The keys that lists, forms, deletions, bulk actions, exports and histories look up in the entity's own messages. */
function wordsOf(entity: Entity): string[] {
  const { fields, access, editing, bulk = {} } = entity;
  const inForm = formFields(entity);
  const shown = Object.entries(fields).filter(([name, field]) => isOnScreen(field) || inForm.includes(name));
  return [
    ...["title", "intro", "emptyTitle", "emptyText"],
    ...(editing && access.add ? ["add", "addTitle"] : []),
    ...(editing && access.edit ? ["editTitle"] : []),
    ...Object.keys(editing?.form ?? {}).map((section) => `sections.${section}`),
    ...shown.map(([name]) => `fields.${name}`),
    ...shown.flatMap(([name, { choices = [] }]) => choices.map((choice) => `choices.${name}.${choice}`)),
    ...Object.keys(bulk).map((action) => `bulk.${action}`),
    ...Object.values(bulk).flatMap(({ chooses }) => (chooses ? [`fields.${chooses}`] : [])),
  ];
}

/** The keys among `wanted` for which there is no text. */
async function missingIn({ texts }: AdminEntity, wanted: string[]): Promise<string[]> {
  const t = await texts();
  return wanted.filter((key) => !t.has(key) || t(key, { name: "x" }).trim() === "");
}

/** All keys of `lib/access/affected.ts`; a new one does not compile until it is here. */
const AFFECTED = Object.keys({
  sessions: true,
  members: true,
  users: true,
  groups: true,
  bundles: true,
  permissions: true,
} satisfies Record<Affected["key"], true>);

/** The message at a path of keys, in a language. */
async function message(locale: Locale, path: string): Promise<unknown> {
  let found: unknown = await loadMessages(locale);
  for (const key of path.split(".")) found = (found as Record<string, unknown> | undefined)?.[key];
  return found;
}

const filled = expect.stringMatching(/\S/);

const inMenu = Object.values(routes).flatMap(({ menu }) => menu ?? []);

describe.each(locales)("in %s", (locale) => {
  it.each(all)("%s have all words that the screens ask for", async (_, entity) => {
    reader.locale = locale;
    expect(await missingIn(entity, wordsOf(entity.definition))).toEqual([]);
  });

  it("users are named by what people log in with, in both modes", async () => {
    reader.locale = locale;
    const labels: string[] = [];
    for (const LOGIN_ID of ["email", "username"]) {
      await withEnvironment({ LOGIN_ID }, async () => {
        expect(await missingIn(entities.users, wordsOf(entities.users.definition))).toEqual([]);
        labels.push((await entities.users.texts())("fields.loginId"));
      });
    }
    expect(new Set(labels).size).toBe(2);
  });

  it.each(entityNames)("%s have a name in the audit trail", async (name) => {
    expect(await message(locale, `audit.choices.entity.${name}`)).toEqual(filled);
  });

  it.each(inMenu)("%s in the menu have a word there, and a card on the start page", async (name) => {
    expect(await message(locale, `menu.${name}`)).toEqual(filled);
    if (name !== "home") expect(await message(locale, `home.cards.${name}`)).toEqual(filled);
  });

  it.each(AFFECTED)("it is said that %s go with a deletion", async (key) => {
    expect(await message(locale, `deletion.affects.${key}`)).toEqual(filled);
  });

  it("every rule of a field has its sentence", async () => {
    const uniques = all.flatMap(([, { definition }]) =>
      Object.values(definition.fields).flatMap(({ unique }) => unique ?? []),
    );
    expect(uniques).toContain("loginIdTaken");
    for (const key of uniques) expect(await message(locale, `errors.${key}`), key).toEqual(filled);
  });
});

describe("what goes with a deletion", () => {
  it("is told of every entity by keys that have words", async () => {
    const bundle = await createTestBundle({ permissions: ["auth-manage"] });
    const group = await createTestGroup({ permissions: ["auth-manage"], bundles: [bundle] });
    const user = await createTestUser({ permissions: ["auth-manage"], groups: [group], bundles: [bundle] });
    await signedIn(user);
    const ids: Record<string, string> = { users: user.id, groups: group, bundles: bundle };
    const told = new Set<string>();
    for (const [name, id] of Object.entries(ids)) {
      const affected = await entityNamed(name).affectedBy?.(testContext(), id);
      for (const { key } of affected ?? []) told.add(key);
    }
    expect([...told].sort()).toEqual([...AFFECTED].sort());
  });
});

const has = (entity: Entity, name: string) => Object.hasOwn(entity.fields, name);

describe.each(all)("the definition of %s", (name, { definition: entity }) => {
  const { fields, label, order, editing, bulk = {}, table } = entity;

  it("goes by its name, which is none of the API's own", () => {
    expect(entity.name).toBe(name);
    expect(entityNamed(name)).toBe(entity);
    expect(name).toMatch(/^[a-z][a-zA-Z0-9-]*$/);
    expect(["auth", "token", "me", "health", "openapi.json"]).not.toContain(name);
  });

  it("names a record by a field that is stored and shown", () => {
    const field = fields[label];
    expect(field).toMatchObject({ list: "shown" });
    expect(field?.column).toBeDefined();
    const key = field?.column && keyOfColumn(field.column);
    expect(labelOf(entity, { id: "x", [String(key)]: "Ann" })).toBe("Ann");
  });

  it("has a column for whatever is sorted, in the entity's own table", () => {
    const own = Object.values(fields).flatMap(({ column, compared }) => [column ?? [], compared ?? []].flat());
    for (const column of [...own, order.column]) expect(column.table).toBe(table);
    const unsortable = Object.entries(fields).filter(([, field]) => field.sortable && !field.column);
    expect(unsortable.map(([field]) => field)).toEqual([]);
    for (const { field } of entity.defaultSort ?? []) expect(fields[field]?.sortable, field).toBe(true);
  });

  it("filters each field as its kind can be", () => {
    const kinds: Record<string, Field["kind"][]> = {
      text: ["text", "longText", "code"],
      boolean: ["boolean"],
      choice: ["choice"],
      relation: ["relation", "permissions"],
      dateRange: ["day", "dateTime"],
    };
    for (const [field, { filter, kind, column, relation, choices }] of Object.entries(fields)) {
      if (filter) expect(kinds[filter], field).toContain(kind);
      if (filter && filter !== "relation") expect(column, field).toBeDefined();
      if (kind === "relation" || kind === "permissions") expect(relation?.field, field).toBe(field);
      if (kind === "choice") expect(new Set(choices).size, field).toBe(choices?.length ?? 0);
      if (kind === "choice") expect(choices, field).not.toEqual([]);
      if (kind === "password") expect(column, field).toBeUndefined();
    }
  });

  it("lists something", () => {
    expect(Object.values(fields).filter(({ list }) => list === "shown").length).toBeGreaterThan(0);
  });

  it("has a form of fields that exist, each once and with a value in the empty form", () => {
    const inForm = formFields(entity);
    expect(inForm.filter((field) => !has(entity, field))).toEqual([]);
    expect(new Set(inForm).size).toBe(inForm.length);
    expect([...inForm].sort()).toEqual(Object.keys(editing?.defaults ?? {}).sort());
  });

  it("has a schema of exactly these fields, and needs no other than the required ones", async () => {
    if (!editing) return;
    const { schema, defaults } = editingOf(entity);
    const problemsOf = async (values: Record<string, unknown>) => {
      const failure = await failureOf(Promise.resolve().then(() => parseInput(schema, { ...defaults, ...values })));
      return "fields" in failure ? (failure.fields as Record<string, unknown>) : {};
    };
    const required = Object.entries(fields).flatMap(([field, { isRequired }]) => (isRequired ? [field] : []));
    expect(required).toEqual(expect.arrayContaining(Object.keys(await problemsOf({}))));
    expect(await problemsOf({ stranger: "x" })).toMatchObject({ stranger: { key: "unknownField" } });
  });

  it("can be edited only with a version and an instant of the last change in its table", () => {
    if (!editing) {
      expect(entity.access).not.toHaveProperty("edit");
      if (!entity.remove) expect(entity.access).not.toHaveProperty("delete");
      for (const [action, how] of Object.entries(bulk)) expect(how, action).toHaveProperty("run");
      return;
    }
    const columns = Object.keys(table);
    expect(columns).toContain("version");
    expect(columns).toContain("updatedAt");
  });

  it("chooses in bulk actions from relations that it has", () => {
    for (const [action, { chooses }] of Object.entries(bulk)) {
      if (chooses) expect(fields[chooses]?.relation, action).toBeDefined();
    }
  });

  it("ends every order in a column that is unique and never empty", async () => {
    expect(await indexesOn(order.column)).toContainEqual(
      expect.objectContaining({ isUnique: true, columns: 1, isPartial: false }),
    );
    const { rows } =
      await database().execute(sql`select from pg_attribute where attrelid = ${getTableName(table)}::regclass
      and attname = ${order.column.name} and attnotnull`);
    expect(rows).toHaveLength(1);
  });
});

type Index = { isUnique: boolean; columns: number; isPartial: boolean };

/** The indexes that begin with a column, and can be read in its order. */
async function indexesOn(column: PgColumn): Promise<Index[]> {
  const { rows } = await database().execute<Index>(sql`
    select i.indisunique as "isUnique", i.indnkeyatts::int as columns, i.indpred is not null as "isPartial"
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_am m on m.oid = c.relam and m.amname = 'btree'
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
    where i.indrelid = ${getTableName(column.table)}::regclass and a.attname = ${column.name} and i.indisvalid`);
  return rows;
}

describe.each(["users", "attempts", "locks", "audit"] as const)("the list of %s", (name) => {
  const { fields } = entities[name].definition;
  const sortable = Object.entries(fields).filter(([, field]) => field.sortable);

  it.each(sortable)("has an index to sort by %s, among a million of them", async (_, { column, compared }) => {
    const by = compared ?? column;
    if (!by) throw new Error("nothing to sort by");
    expect(await indexesOn(by)).toContainEqual(expect.objectContaining({ isPartial: false }));
  });
});

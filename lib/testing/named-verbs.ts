import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Context } from "@/lib/context";
import type { Entity } from "@/lib/crud/entity";
import { listRows } from "@/lib/crud/list";
import type { ListQuery } from "@/lib/crud/list-query";
import type { CrudRecord } from "@/lib/crud/record";
import { testContext } from "./context";
import { declareTestPermissions, permissionIdsOf, uniqueName } from "./factories";
import { failureOf } from "./failure";
import { everythingStored, lastAuditOf } from "./records";

type NamedInput = { name: string; bundleIds?: string[]; permissionIds?: string[] };

/** The verbs of an entity that is a name with grants, such as groups and bundles. */
export type NamedVerbs = {
  definition: Entity;
  /** As the form does: what is posted is checked against the schema, and what passes goes to the verb. */
  create: (ctx: Context, name: string, permissionIds: string[]) => Promise<string>;
  update: (ctx: Context, id: string, version: number, input: NamedInput) => Promise<void>;
  get: (ctx: Context, id: string) => Promise<CrudRecord>;
};

const everything: ListQuery = { q: "", sort: [], page: 1, size: 100, filters: {} };

/** What holds for every such entity; call it in a file that has called `setUpTestDatabase`. */
export function testNamedVerbs({ definition, create, update, get }: NamedVerbs): void {
  const entity = definition.name;
  const list = (query: ListQuery) => listRows(ctx(), definition, query, ["permissionIds"]);
  const ctx = () => testContext();

  async function save(id: string, fields: Partial<NamedInput>) {
    const { version, values } = await get(ctx(), id);
    await update(ctx(), id, version, { ...(values as NamedInput), ...fields });
  }

  async function refusal(work: () => Promise<unknown>) {
    const before = await everythingStored();
    const failure = await failureOf(work());
    expect(await everythingStored()).toEqual(before);
    return failure;
  }

  describe(`creating ${entity}`, () => {
    it("stores name and grants, with one audit row from nothing to the new values", async () => {
      const ids = await declareTestPermissions(["reports-read", "reports-write"]);
      const name = uniqueName("Staff");
      const id = await create(ctx(), `  ${name} `, [ids["reports-write"], ids["reports-read"]]);
      const record = await get(ctx(), id);
      expect(record).toMatchObject({ id, label: name, version: 1 });
      expect([...(record.values.permissionIds as string[])].sort()).toEqual(Object.values(ids).sort());
      expect(await lastAuditOf(id)).toMatchObject({
        action: "create",
        entity,
        entityLabel: name,
        changes: {
          name: { from: null, to: name },
          permissionIds: { from: null, to: ["reports-read", "reports-write"] },
        },
      });
    });

    it.each([
      ["capitals", (name: string) => name.toUpperCase()],
      ["blanks around it", (name: string) => `  ${name}\u00a0`],
      ["more blanks within", (name: string) => name.replace(" ", "  \t ")],
      ["full-width letters", (name: string) => name.replace("One", "\uff2f\uff4e\uff45")],
    ])("refuses a name that is taken, in %s, and leads to its holder", async (_, respell) => {
      const name = `One ${uniqueName("name")}`;
      const id = await create(ctx(), name, []);
      expect(await refusal(() => create(ctx(), respell(name), []))).toMatchObject({
        code: "invalid",
        fields: { name: { key: "nameTaken", href: `/admin/${entity}/${id}/edit` } },
      });
    });

    it("lets one of many in who ask for the same name at once", async () => {
      const name = uniqueName("Rush");
      const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => create(ctx(), name, [])));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    it("refuses an unknown permission", async () => {
      expect(await refusal(() => create(ctx(), uniqueName("x"), [randomUUID()]))).toMatchObject({
        code: "invalid",
        fields: { permissionIds: { key: "unknownChoice" } },
      });
    });

    it("refuses a name that cannot be stored", async () => {
      expect(await refusal(() => create(ctx(), "St\0aff", []))).toMatchObject({ code: "invalid" });
    });
  });

  describe(`updating ${entity}`, () => {
    it("stores what changed, with old and new values", async () => {
      await declareTestPermissions(["reports-read", "reports-write"]);
      const [name, newName] = [uniqueName("Old"), uniqueName("New")];
      const id = await create(ctx(), name, await permissionIdsOf(["reports-read"]));
      await save(id, { name: newName, permissionIds: await permissionIdsOf(["reports-write"]) });
      expect(await get(ctx(), id)).toMatchObject({ label: newName, version: 2 });
      expect(await lastAuditOf(id)).toMatchObject({
        action: "update",
        entityLabel: newName,
        changes: {
          name: { from: name, to: newName },
          permissionIds: { from: ["reports-read"], to: ["reports-write"] },
        },
      });
    });

    it("changes the spelling of the own name, but takes nobody else's", async () => {
      const [name, other] = [uniqueName("one"), uniqueName("other")];
      const [id, otherId] = [await create(ctx(), name, []), await create(ctx(), other, [])];
      await save(id, { name: name.toUpperCase() });
      expect(await refusal(() => save(id, { name: other.toUpperCase() }))).toMatchObject({
        fields: { name: { key: "nameTaken", href: `/admin/${entity}/${otherId}/edit` } },
      });
    });

    it("refuses a form that somebody else has overtaken", async () => {
      const name = uniqueName("Stale");
      const id = await create(ctx(), name, []);
      await save(id, { name: name.toUpperCase() });
      const input = { name: uniqueName("x"), permissionIds: [], bundleIds: [] };
      expect(await refusal(() => update(ctx(), id, 1, input))).toMatchObject({ code: "conflict" });
    });

    it.each(["x", "\0", randomUUID()])("knows none with the id %j", async (id) => {
      const input = { name: "x", permissionIds: [], bundleIds: [] };
      expect(await failureOf(update(ctx(), id, 1, input))).toMatchObject({ code: "not-found" });
      expect(await failureOf(get(ctx(), id))).toMatchObject({ code: "not-found" });
    });
  });

  describe(`listing ${entity}`, () => {
    it("searches names, takes wildcards literally, and shows what each holds", async () => {
      const ids = await declareTestPermissions(["reports-read", "auth-manage"]);
      await create(ctx(), "100% Sure", Object.values(ids));
      await create(ctx(), "1000 Sure_ly", []);
      const found = async (q: string) => (await list({ ...everything, q })).items.map(({ name }) => name);
      expect(await found("100%")).toEqual(["100% Sure"]);
      expect(await found("SURE")).toEqual(["100% Sure", "1000 Sure_ly"]);
      expect(await found("e_l")).toEqual(["1000 Sure_ly"]);
      const { items, total } = await list({ ...everything, filters: { name: "100%" } });
      expect(items).toMatchObject([{ permissionIds: ["auth-manage", "reports-read"] }]);
      expect(total).toBe(1);
    });

    it("sorts by name in both directions, and pages", async () => {
      const names = await Promise.all(
        ["c", "a", "b"].map(async (letter) => {
          await create(ctx(), `Sorted ${letter.toUpperCase()}`, []);
          return `Sorted ${letter.toUpperCase()}`;
        }),
      );
      const query: ListQuery = { ...everything, q: "sorted", size: 2 };
      const found = async (more: Partial<ListQuery>) =>
        (await list({ ...query, ...more })).items.map(({ name }) => name);
      expect([...(await found({ page: 1 })), ...(await found({ page: 2 }))]).toEqual([...names].sort());
      expect(await found({ sort: [{ field: "name", descending: true }] })).toEqual(["Sorted C", "Sorted B"]);
      expect(await found({ page: 9 })).toEqual([]);
    });
  });
}

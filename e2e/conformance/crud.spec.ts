import { and, eq } from "drizzle-orm";
import { env, expect, test } from "@/e2e/fixtures";
import { clientOf, cookieOf } from "@/e2e/support/api";
import { addPerson } from "@/e2e/support/people";
import { auditEvents } from "@/lib/db/schema/events";
import { entities } from "@/lib/entities";
import { changeOf, sampleOf } from "./samples";

/** Every entity can be managed by whoever may, by nobody else, and not without a trace. */

const editable = Object.values(entities).filter(({ definition }) => definition.editing && definition.access.add);

for (const { definition } of editable) {
  const path = `/api/${definition.name}`;

  test.describe(definition.name, () => {
    test("a record is added, read, changed and deleted, each time with an audit row", async ({ ctx, unique }) => {
      const id = await addPerson(ctx, `${unique("root")}@example.com`, { isSuperuser: true });
      const root = clientOf(env("E2E_BASE_URL"), await cookieOf(ctx, id));

      const added = await root("POST", path, { body: sampleOf(definition, unique) });
      expect(added.status, added.text).toBe(201);
      const record = `${path}/${added.json.id}`;
      const read = await root("GET", record);
      expect(read.status).toBe(200);
      const etag = read.headers.get("etag") ?? "";

      const change = changeOf(definition, unique);
      const changed = await root("PATCH", record, { body: change, headers: { "if-match": etag } });
      expect(changed.json, changed.text).toMatchObject(change);
      const stale = await root("PATCH", record, { body: change, headers: { "if-match": etag } });
      expect(stale.status).toBe(412);
      const strange = await root("PATCH", record, { body: { noSuchField: 1 } });
      expect(strange.status).toBe(400);

      expect((await root("DELETE", record)).status).toBe(204);
      expect((await root("GET", record)).status).toBe(404);
      const trail = await ctx.db
        .select({ action: auditEvents.action })
        .from(auditEvents)
        .where(and(eq(auditEvents.entity, definition.name), eq(auditEvents.entityId, String(added.json.id))));
      expect(trail.map(({ action }) => action)).toEqual(["create", "update", "delete"]);
    });

    test("whoever holds nothing may do nothing, and learns nothing", async ({ ctx, unique }) => {
      const root = await addPerson(ctx, `${unique("root")}@example.com`, { isSuperuser: true });
      const asRoot = clientOf(env("E2E_BASE_URL"), await cookieOf(ctx, root));
      const { json } = await asRoot("POST", path, { body: sampleOf(definition, unique) });
      const plain = await addPerson(ctx, `${unique("plain")}@example.com`);
      const stranger = clientOf(env("E2E_BASE_URL"));
      const asPlain = clientOf(env("E2E_BASE_URL"), await cookieOf(ctx, plain));
      const missing = `${path}/018f0000-0000-7000-8000-000000000000`;
      for (const [method, where] of [
        ["GET", path],
        ["POST", path],
        ...["GET", "PATCH", "DELETE"].flatMap((each) => [
          [each, `${path}/${json.id}`],
          [each, missing],
        ]),
      ] as [string, string][]) {
        const sending = method === "GET" || method === "DELETE" ? {} : { body: {} };
        expect((await stranger(method, where, sending)).status, `${method} ${where}`).toBe(401);
        expect((await asPlain(method, where, sending)).status, `${method} ${where}`).toBe(403);
      }
    });
  });
}

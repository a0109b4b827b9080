import { satisfies } from "@/lib/auth/conditions";
import { contextOf } from "@/lib/auth/guards";
import type { Principal } from "@/lib/auth/principal";
import { Conflict, Forbidden, Invalid, NotFound } from "@/lib/errors";
import { deleteRecord } from "./delete";
import { type Action, type Entity, editingOf, listColumns, type Values, visibleFields } from "./entity";
import { parseInput } from "./form-state";
import { isUuid } from "./ids";
import { listRows } from "./list";
import { parseListQuery, type SearchParams, unknownParams } from "./list-query";
import { listFieldsOf } from "./list-sql";
import { getRecord, toJson } from "./record";
import { createRecord, updateRecord } from "./save";

/** The JSON API of every entity: the verbs of this folder as HTTP (docs/api.md). Failures are thrown; see auth/handler.ts. */

/** Bytes of a body that is read. */
const MAX_BODY = 1024 * 1024;

/**
 * May the caller do this to the entity at all? Asked before anything is looked up, so that who may not look learns nothing.
 * @throws Forbidden, NotFound for an action that the entity does not have
 */
function assertMay(principal: Principal, { access }: Entity, action: Action): void {
  const condition = access[action];
  if (condition === undefined) throw new NotFound();
  if (!satisfies(principal, condition)) throw new Forbidden();
}

const etagOf = (version: number) => `"${version}"`;

/**
 * The versions that If-Match names (RFC 9110 §13.1.1); undefined where any will do. A weak tag never matches, and what is no
 * tag of ours cannot.
 */
function versionsIn(request: Request): number[] | undefined {
  const tags = request.headers.get("if-match")?.trim();
  if (tags === undefined || tags === "*") return undefined;
  return tags.split(",").flatMap((tag) => {
    const [, version] = /^\s*"(\d{1,9})"\s*$/.exec(tag) ?? [];
    return version === undefined ? [] : [Number(version)];
  });
}

/**
 * The version that a change is made on; undefined to take whatever is there.
 * @throws NotFound, Conflict where If-Match names others
 */
async function versionFor(principal: Principal, entity: Entity, id: string, request: Request) {
  const versions = versionsIn(request);
  if (versions === undefined) return undefined;
  const { version } = await getRecord(await contextOf(principal), entity, id);
  if (!versions.includes(version)) throw new Conflict();
  return version;
}

/** @throws Invalid for anything but a JSON object of reasonable size */
async function objectIn(request: Request): Promise<Values> {
  const text = await request.text();
  let body: unknown;
  try {
    body = text.length <= MAX_BODY ? JSON.parse(text) : undefined;
  } catch {
    body = undefined;
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Invalid({ body: { key: "notAnObject" } });
  }
  return body as Values;
}

/** A body's fields as a form would send them: null is empty, and a password need not be typed twice. */
function fieldsIn(body: Values): Values {
  const sent = Object.fromEntries(Object.entries(body).map(([name, value]) => [name, value === null ? "" : value]));
  return typeof sent.password === "string" && sent.confirm === undefined ? { ...sent, confirm: sent.password } : sent;
}

async function answer(principal: Principal, entity: Entity, id: string, init: ResponseInit = {}): Promise<Response> {
  const ctx = await contextOf(principal);
  const { row, values, version } = await getRecord(ctx, entity, id);
  const headers = new Headers(init.headers);
  if (entity.editing) headers.set("etag", etagOf(version));
  return Response.json(toJson(ctx, entity, row, values), { ...init, headers });
}

/** The parameters of an address; one that occurs several times as a list. */
function paramsOf(search: URLSearchParams): SearchParams {
  const names = new Set(search.keys());
  return Object.fromEntries(
    [...names].map((name) => {
      const [first = "", ...more] = search.getAll(name);
      return [name, more.length > 0 ? [first, ...more] : first];
    }),
  );
}

/** `GET /api/<entity>`: one page, in the query language of the list. */
export async function listJson(principal: Principal, entity: Entity, request: Request): Promise<Response> {
  assertMay(principal, entity, "list");
  const ctx = await contextOf(principal);
  const fields = listFieldsOf(ctx, entity);
  const params = paramsOf(new URL(request.url).searchParams);
  const wrong = unknownParams(params, fields);
  if (wrong.length > 0) throw new Invalid(Object.fromEntries(wrong.map((name) => [name, { key: "unknownParameter" }])));
  const query = parseListQuery(params, fields);
  const relations = visibleFields(ctx, entity).flatMap(([name, { relation }]) => (relation ? [name] : []));
  const { items, ...totals } = await listRows(ctx, entity, query, relations, "ids");
  const asked = query.cols && ["id", ...listColumns(ctx, entity, query.cols).map(([name]) => name)];
  const shown = (item: Record<string, unknown>) =>
    asked ? Object.fromEntries(Object.entries(item).filter(([name]) => asked.includes(name))) : item;
  return Response.json({
    items: items.map((row) => shown(toJson(ctx, entity, row))),
    page: query.page,
    size: query.size,
    total: totals.total,
    ...(totals.totalIsEstimate && { totalIsEstimate: true }),
  });
}

/** `GET /api/<entity>/<id>` */
export async function getJson(principal: Principal, entity: Entity, id: string): Promise<Response> {
  assertMay(principal, entity, "list");
  return answer(principal, entity, id);
}

/** `POST /api/<entity>`: fields that are left out are as in the empty form. */
export async function postJson(principal: Principal, entity: Entity, request: Request): Promise<Response> {
  assertMay(principal, entity, "add");
  const { schema, defaults } = editingOf(entity);
  const sent = fieldsIn(await objectIn(request));
  const id = await createRecord(await contextOf(principal), entity, parseInput(schema, { ...defaults, ...sent }));
  return answer(principal, entity, id, { status: 201, headers: { location: `/api/${entity.name}/${id}` } });
}

/** `PATCH /api/<entity>/<id>`: changes the keys that are sent; If-Match refuses if somebody was faster. */
export async function patchJson(principal: Principal, entity: Entity, id: string, request: Request): Promise<Response> {
  assertMay(principal, entity, "edit");
  const sent = fieldsIn(await objectIn(request));
  const version = await versionFor(principal, entity, id, request);
  await updateRecord(await contextOf(principal), entity, id, version, sent);
  return answer(principal, entity, id);
}

/** `DELETE /api/<entity>/<id>` */
export async function deleteJson(
  principal: Principal,
  entity: Entity,
  id: string,
  request: Request,
): Promise<Response> {
  assertMay(principal, entity, "delete");
  if (!isUuid(id)) throw new NotFound();
  const version = await versionFor(principal, entity, id, request);
  await deleteRecord(await contextOf(principal), entity, id, version);
  return new Response(null, { status: 204 });
}

import * as z from "zod";
import { sessionCookieName } from "@/lib/auth/session";
import { type Entity, editingOf, type Field } from "./entity";

/** OpenAPI 3.1 from the definitions: the same fields, schemas and query language that the handlers use. */

type Json = Record<string, unknown>;

const JSON_TYPES: Partial<Record<Field["kind"], Json>> = {
  boolean: { type: "boolean" },
  dateTime: { type: ["string", "null"], format: "date-time" },
  day: { type: ["string", "null"] },
  relation: { type: "array", items: { type: "string", format: "uuid" } },
  permissions: { type: "array", items: { type: "string", format: "uuid" } },
  changes: { type: "object" },
};

/** What a record looks like in an answer. */
function recordSchema({ fields, table }: Entity): Json {
  const known = Object.entries(fields).filter(([, { column, relation }]) => column ?? relation);
  const properties = known.map(([name, { kind, choices }]) => [
    name,
    JSON_TYPES[kind] ?? { type: ["string", "null"], ...(choices && { enum: [...choices, null] }) },
  ]);
  const id = { type: table.id.dataType === "number" ? "integer" : "string" };
  return { type: "object", properties: { id, ...Object.fromEntries(properties) } };
}

/** What a body may hold: the schema of the form, and null where a day may be empty. */
function inputSchema(entity: Entity): Json {
  const {
    $schema: _,
    required: __,
    properties = {},
    ...schema
  } = z.toJSONSchema(editingOf(entity).schema as never, { io: "input", unrepresentable: "any" }) as Json & {
    properties?: Record<string, Json>;
  };
  const described = Object.entries(properties).map(([name, property]) => [
    name,
    entity.fields[name]?.kind === "day" ? { ...property, type: ["string", "null"] } : property,
  ]);
  return { ...schema, properties: Object.fromEntries(described) };
}

const parameter = (name: string, schema: Json, description: string) => ({ name, in: "query", schema, description });

function listParameters({ fields }: Entity): Json[] {
  const sortable = Object.entries(fields).flatMap(([name, field]) => (field.sortable ? [name] : []));
  const filters = Object.entries(fields).flatMap(([name, { filter, choices }]) => {
    switch (filter) {
      case "boolean":
        return [parameter(name, { type: "boolean" }, "Only such records")];
      case "choice":
        return [parameter(name, { type: "string", enum: choices }, "Only such records")];
      case "relation":
        return [parameter(name, { type: "string", format: "uuid" }, "Only records that hold this")];
      case "dateRange":
        return [parameter(name, { type: "string", example: "2026-01-01..2026-01-31" }, "From and to, both included")];
      case "text":
        return [parameter(name, { type: "string" }, "Only records that contain this")];
      default:
        return [];
    }
  });
  return [
    parameter("q", { type: "string" }, "Search"),
    parameter("sort", { type: "string", example: sortable[0] }, `Fields, "-" for descending: ${sortable.join(", ")}`),
    parameter("page", { type: "integer", minimum: 1 }, "From 1"),
    parameter("size", { type: "integer", minimum: 1, maximum: 100 }, "Records per page"),
    parameter("cols", { type: "string" }, "Only these fields"),
    ...filters,
  ];
}

const problems = (...statuses: number[]) =>
  Object.fromEntries(statuses.map((status) => [status, { $ref: "#/components/responses/Problem" }]));

const json = (schema: Json) => ({ "application/json": { schema } });
const answer = (description: string, schema: Json) => ({ description, content: json(schema) });

function pathsOf(entity: Entity): Json {
  const { name, access, editing } = entity;
  const record = { $ref: `#/components/schemas/${name}` };
  const body = editing && { required: true, content: json(inputSchema(entity)) };
  const page = {
    type: "object",
    properties: {
      items: { type: "array", items: record },
      page: { type: "integer" },
      size: { type: "integer" },
      total: { type: "integer" },
      totalIsEstimate: { type: "boolean" },
    },
  };
  const ifMatch = { name: "If-Match", in: "header", schema: { type: "string" }, description: "ETag that it must have" };
  return {
    [`/api/${name}`]: {
      get: {
        tags: [name],
        parameters: listParameters(entity),
        responses: { 200: answer("One page", page), ...problems(400, 401, 403) },
      },
      ...(body &&
        access.add && {
          post: {
            tags: [name],
            requestBody: body,
            responses: { 201: answer("Added", record), ...problems(400, 401, 403, 409) },
          },
        }),
    },
    [`/api/${name}/{id}`]: {
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
      get: { tags: [name], responses: { 200: answer("The record", record), ...problems(401, 403, 404) } },
      ...(body &&
        access.edit && {
          patch: {
            tags: [name],
            parameters: [ifMatch],
            requestBody: body,
            responses: { 200: answer("As it is now", record), ...problems(400, 401, 403, 404, 409, 412) },
          },
        }),
      ...(access.delete && {
        delete: {
          tags: [name],
          parameters: [ifMatch],
          responses: { 204: { description: "Deleted" }, ...problems(401, 403, 404, 409, 412) },
        },
      }),
    },
  };
}

/** The document for these entities. */
export function openApiDocument(entities: Entity[]): Json {
  return {
    openapi: "3.1.0",
    info: { title: "Gatehouse", version: "1" },
    paths: Object.assign({}, ...entities.map(pathsOf)) as Json,
    components: {
      schemas: Object.fromEntries(entities.map((entity) => [entity.name, recordSchema(entity)])),
      responses: {
        Problem: {
          description: "What is wrong (RFC 9457); `errors` names fields",
          content: {
            "application/problem+json": {
              schema: {
                type: "object",
                properties: {
                  type: { type: "string" },
                  title: { type: "string" },
                  status: { type: "integer" },
                  detail: { type: "string" },
                  errors: { type: "object" },
                },
              },
            },
          },
        },
      },
      securitySchemes: {
        accessToken: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        session: { type: "apiKey", in: "cookie", name: sessionCookieName() },
      },
    },
    security: [{ accessToken: [] }, { session: [] }],
  };
}

import { guardHandler } from "@/lib/auth/handler";
import { listJson, postJson } from "@/lib/crud/api";
import { entityNamed } from "@/lib/entities";

type Params = { entity: string };

/** One page of an entity's records, in the query language of its list. */
export const GET = guardHandler<Params>("signed-in", async (request, principal, { params }) =>
  listJson(principal, entityNamed((await params).entity), request),
);

/** Adds a record. */
export const POST = guardHandler<Params>("signed-in", async (request, principal, { params }) =>
  postJson(principal, entityNamed((await params).entity), request),
);

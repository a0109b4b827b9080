import { guardHandler } from "@/lib/auth/handler";
import { deleteJson, getJson, patchJson } from "@/lib/crud/api";
import { entityNamed } from "@/lib/entities";

type Params = { entity: string; id: string };

export const GET = guardHandler<Params>("signed-in", async (_request, principal, { params }) => {
  const { entity, id } = await params;
  return getJson(principal, entityNamed(entity), id);
});

/** Changes the fields that are sent; If-Match refuses if somebody was faster. */
export const PATCH = guardHandler<Params>("signed-in", async (request, principal, { params }) => {
  const { entity, id } = await params;
  return patchJson(principal, entityNamed(entity), id, request);
});

export const DELETE = guardHandler<Params>("signed-in", async (request, principal, { params }) => {
  const { entity, id } = await params;
  return deleteJson(principal, entityNamed(entity), id, request);
});

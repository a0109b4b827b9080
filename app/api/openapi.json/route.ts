import { guardHandler } from "@/lib/auth/handler";
import { openApiDocument } from "@/lib/crud/openapi";
import { entities } from "@/lib/entities";

/** The API in OpenAPI 3.1, from the same definitions that serve it. */
export const GET = guardHandler("signed-in", () =>
  Response.json(openApiDocument(Object.values(entities).map(({ definition }) => definition))),
);

import * as z from "zod/mini";

/** What a group form may contain: the same schema in the browser and on the server. */
export const groupSchema = z.strictObject({
  name: z.string().check(z.trim(), z.minLength(1, "required"), z.maxLength(200, "tooLong")),
  bundleIds: z.array(z.uuid({ error: "unknownChoice" })),
  permissionIds: z.array(z.uuid({ error: "unknownChoice" })),
});

export type GroupInput = z.infer<typeof groupSchema>;

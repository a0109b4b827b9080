import * as z from "zod/mini";

/** What a bundle form may contain: the same schema in the browser and on the server. */
export const bundleSchema = z.strictObject({
  name: z.string().check(z.trim(), z.minLength(1, "required"), z.maxLength(200, "tooLong")),
  permissionIds: z.array(z.uuid({ error: "unknownChoice" })),
});

export type BundleInput = z.infer<typeof bundleSchema>;

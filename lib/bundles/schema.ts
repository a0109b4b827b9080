import * as z from "zod/mini";
import { idsSchema, nameSchema } from "@/lib/crud/schema";

/** What a bundle form may contain: the same schema in the browser and on the server. */
export const bundleSchema = z.strictObject({ name: nameSchema, permissionIds: idsSchema });

export type BundleInput = z.infer<typeof bundleSchema>;

/** A bundle as the empty form has it. */
export const newBundle: BundleInput = { name: "", permissionIds: [] };

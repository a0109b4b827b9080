import * as z from "zod/mini";
import { idsSchema, nameSchema } from "@/lib/crud/schema";

/** What a group form may contain: the same schema in the browser and on the server. */
export const groupSchema = z.strictObject({ name: nameSchema, bundleIds: idsSchema, permissionIds: idsSchema });

export type GroupInput = z.infer<typeof groupSchema>;

/** A group as the empty form has it. */
export const newGroup: GroupInput = { name: "", bundleIds: [], permissionIds: [] };

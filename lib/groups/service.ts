import type { Context } from "@/lib/context";
import { deleteRecord } from "@/lib/crud/delete";
import { type CrudRecord, getRecord } from "@/lib/crud/record";
import { createRecord, updateRecord } from "@/lib/crud/save";
import { groupEntity } from "./entity";
import type { GroupInput } from "./schema";

/** The verbs on groups for those who call them by name: command line, seed and tests. */

/** @throws NotFound */
export const getGroup = (ctx: Context, id: string): Promise<CrudRecord> => getRecord(ctx, groupEntity, id);

/** @returns the new id. @throws Invalid for a taken name, an unknown choice, or more than the actor may give */
export const createGroup = (ctx: Context, input: GroupInput): Promise<string> => createRecord(ctx, groupEntity, input);

/** Saves one as a whole. @throws NotFound, Conflict if somebody saved in the meantime, Invalid */
export const updateGroup = (ctx: Context, id: string, version: number, input: GroupInput): Promise<void> =>
  updateRecord(ctx, groupEntity, id, version, input);

/** @throws NotFound, Conflict where something else needs it */
export const deleteGroup = (ctx: Context, id: string): Promise<void> => deleteRecord(ctx, groupEntity, id);

import type { Context } from "@/lib/context";
import { deleteRecord } from "@/lib/crud/delete";
import { type CrudRecord, getRecord } from "@/lib/crud/record";
import { createRecord, updateRecord } from "@/lib/crud/save";
import { bundleEntity } from "./entity";
import type { BundleInput } from "./schema";

/** The verbs on bundles for those who call them by name: command line, seed and tests. */

/** @throws NotFound */
export const getBundle = (ctx: Context, id: string): Promise<CrudRecord> => getRecord(ctx, bundleEntity, id);

/** @returns the new id. @throws Invalid for a taken name, an unknown choice, or more than the actor may give */
export const createBundle = (ctx: Context, input: BundleInput): Promise<string> =>
  createRecord(ctx, bundleEntity, input);

/** Saves one as a whole. @throws NotFound, Conflict if somebody saved in the meantime, Invalid */
export const updateBundle = (ctx: Context, id: string, version: number, input: BundleInput): Promise<void> =>
  updateRecord(ctx, bundleEntity, id, version, input);

/** @throws NotFound, Conflict where something else needs it */
export const deleteBundle = (ctx: Context, id: string): Promise<void> => deleteRecord(ctx, bundleEntity, id);

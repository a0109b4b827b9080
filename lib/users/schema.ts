import * as z from "zod/mini";
import { isDay, isInstant } from "@/lib/crud/days";
import { idsSchema } from "@/lib/crud/schema";

/**
 * What a user form may contain: the same schema in the browser and on the server. Messages are keys below `errors`.
 * Rules that need the database or the configuration are in state.ts and rules.ts.
 */

export const userSchema = z
  .strictObject({
    loginId: z.string().check(z.trim(), z.minLength(1, "required"), z.maxLength(254, "tooLong")),
    isEnabled: z.boolean(),
    /** A day (UTC, from its first moment on) or a moment; empty for never. */
    disabledAt: z.string().check(z.refine((text) => text === "" || isDay(text) || isInstant(text), "notADate")),
    /** Left out where the form does not show it. */
    isSuperuser: z.optional(z.boolean()),
    groupIds: idsSchema,
    bundleIds: idsSchema,
    permissionIds: idsSchema,
    /** Empty leaves the password as it is. */
    password: z.string(),
    confirm: z.string(),
  })
  .check(z.refine(({ password, confirm }) => password === confirm, { path: ["confirm"], error: "passwordsDiffer" }));

export type UserInput = z.infer<typeof userSchema>;

/** A user as the empty form has it: enabled, and nothing granted. */
export const newUser: UserInput = {
  loginId: "",
  isEnabled: true,
  isSuperuser: false,
  disabledAt: "",
  groupIds: [],
  bundleIds: [],
  permissionIds: [],
  password: "",
  confirm: "",
};

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
    /** Whether a new user is mailed a link to verify the account and choose a password. */
    sendWelcome: z.optional(z.boolean()),
    groupIds: idsSchema,
    bundleIds: idsSchema,
    permissionIds: idsSchema,
    /** Empty leaves the password as it is; so does the form where people choose their own. */
    password: z.optional(z.string()),
    confirm: z.optional(z.string()),
  })
  .check(z.refine(({ password, confirm }) => password === confirm, { path: ["confirm"], error: "passwordsDiffer" }));

export type UserInput = z.infer<typeof userSchema>;

/** A user of whom nothing is said: enabled, nothing granted, and nobody is mailed. */
export const newUser: UserInput = {
  loginId: "",
  isEnabled: true,
  isSuperuser: false,
  disabledAt: "",
  sendWelcome: false,
  groupIds: [],
  bundleIds: [],
  permissionIds: [],
  password: "",
  confirm: "",
};

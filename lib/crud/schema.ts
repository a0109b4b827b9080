import * as z from "zod/mini";

/** The name of a group or a bundle, as a person types it. */
export const nameSchema = z.string().check(
  z.trim(),
  z.minLength(1, "required"),
  z.maxLength(200, "tooLong"),
  // NUL cannot be stored, and invisible characters would make two names that look like one.
  z.refine((name) => !/[^\P{C}\s]/u.test(name), "invalidCharacters"),
);

/** Ids of records to hold. */
export const idsSchema = z.array(z.uuid({ error: "unknownChoice" }));

import * as z from "zod/mini";

/** What the form of a new token may contain, in the browser and on the server. Messages are keys below `errors`. */
export const tokenSchema = z.strictObject({
  name: z.string().check(
    z.trim(),
    z.minLength(1, "required"),
    z.maxLength(100, "tooLong"),
    z.refine((text) => !/\p{C}/u.test(text), "invalidCharacters"),
  ),
  /** Days; empty for the shortest time, which is a matter of configuration. */
  days: z.string(),
});

import { type NewUserHook, refuseFurtherArguments } from "./new-user";

/**
 * What becomes of the further arguments of `create-user`. Yours to edit: with `CLI_USER_ARGS=loginId,locale`, for example,
 *
 * ```ts
 * export const newUserHook: NewUserHook = (ctx, { id, args }) => setLocale(ctx, id, args.locale ?? "en");
 * ```
 */
export const newUserHook: NewUserHook = refuseFurtherArguments;

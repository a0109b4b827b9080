import type { Access } from "@/lib/crud/entity";

/**
 * Unlocking gives nobody access, it only lets them try again: whoever manages users may do it for everybody. To delete a
 * lock is to lift it.
 */
export const access = { list: "auth-manage", delete: "auth-manage" } as const satisfies Access;

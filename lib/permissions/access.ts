import type { Access } from "@/lib/crud/entity";

/** Permissions are declared in code (lib/permissions.ts), so there is only something to read here. */
export const access = { list: "auth-manage" } as const satisfies Access;

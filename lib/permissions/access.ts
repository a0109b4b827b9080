import type { Condition } from "@/lib/auth/conditions";

/** Permissions are declared in code (lib/permissions.ts), so there is only something to read here. */
export const access = { list: "auth-manage" } as const satisfies Record<string, Condition>;

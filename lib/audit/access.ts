import type { Access } from "@/lib/crud/entity";

/** The audit trail is written by the app and read by administrators; nobody edits it. */
export const access = { list: "auth-manage" } as const satisfies Access;

import type { Access } from "@/lib/crud/entity";

/** The log of attempts is written by the limiter and read by administrators; nobody edits it. */
export const access = { list: "auth-manage" } as const satisfies Access;

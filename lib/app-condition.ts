import type { Condition } from "@/lib/auth/conditions";

/**
 * What everybody who is signed in must satisfy on every path that is not public, beside what the path itself needs: "only
 * people who have accepted the terms", say. The middleware and every guard ask it. Null asks nothing.
 */
export const appCondition: Condition | null = null;

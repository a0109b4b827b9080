import type { BUDGET_SCOPES } from "@/lib/db/schema/auth";

const BLOCK = "::/64";

/**
 * What the addresses of a block have in common as texts: the groups before the first zero, because zeros are written in
 * several ways (RFC 5952).
 */
function commonText(block: string): string {
  const groups = block.slice(0, -BLOCK.length).split(":");
  const zero = groups.indexOf("0");
  return `${groups.slice(0, zero < 0 ? groups.length : zero).join(":") || ":"}:`;
}

/** The log, narrowed to the attempts on an account or from an address: the scope and key of a budget. */
export function attemptsPath(scope: (typeof BUDGET_SCOPES)[number], key: string): string {
  const text = scope === "address" && key.endsWith(BLOCK) ? commonText(key) : key;
  return `/admin/attempts?${new URLSearchParams([[scope === "account" ? "loginId" : "ip", text]])}`;
}

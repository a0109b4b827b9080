import { randomUUID } from "node:crypto";
import { config } from "@/lib/config/env";

const LOOKS_LIKE_ONE = /^[A-Za-z0-9._-]{8,128}$/;

/**
 * The id by which a request is found in the log, in its answer and in the audit trail.
 * @param sent what the client says it is, which is believed of a trusted proxy only
 */
export function requestIdFor(sent: string | string[] | undefined): string {
  const isBelieved = config().TRUSTED_PROXIES > 0 && typeof sent === "string" && LOOKS_LIKE_ONE.test(sent);
  return isBelieved ? sent : randomUUID();
}

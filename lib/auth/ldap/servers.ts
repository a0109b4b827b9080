import type { Client } from "ldapts";
import { config } from "@/lib/config/env";
import { Unavailable } from "@/lib/errors";
import { logOf } from "@/lib/log/log";
import { logLine } from "@/lib/log-line";
import { onServer } from "./connection";

const log = logOf("ldap");

/** The configured servers, in their order: the first that answers decides. */

/** LDAP result codes (RFC 4511 §4.1.9) by which a server says that these credentials are not good. */
const REFUSALS = new Set([
  19, // constraintViolation: locked by the directory's own policy
  32, // noSuchObject
  34, // invalidDNSyntax
  48, // inappropriateAuthentication: an entry without a password
  49, // invalidCredentials
  50, // insufficientAccessRights
  53, // unwillingToPerform: disabled, or the password has to be changed first
]);

/** The result code of a server's answer; undefined for what is no answer. */
export const resultCode = (error: unknown): number | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : undefined;

export const isRefusal = (error: unknown): boolean => REFUSALS.has(resultCode(error) ?? -1);

/** What the operator has to mend, as opposed to a server that is down. */
export class DirectoryMisconfigured extends Error {}

/**
 * Asks the servers one after the other until one answers. All of them together take at most LDAP_TIMEOUT_MS: each gets its
 * share of what is left, so that one that hangs leaves time for the next.
 * @throws Unavailable if none does; the operator's log says why of each
 */
export async function firstThatAnswers<T>(ask: (client: Client) => Promise<T>): Promise<T> {
  const { LDAP_SERVER_URL: urls, LDAP_TIMEOUT_MS } = config();
  const deadline = performance.now() + LDAP_TIMEOUT_MS;
  for (const [index, url] of urls.entries()) {
    const share = Math.max(0, deadline - performance.now()) / (urls.length - index);
    try {
      return await onServer(url, share, ask);
    } catch (error) {
      const what = error instanceof DirectoryMisconfigured ? "a server is not as configured" : "a server was skipped";
      log.error(what, { server: url, fault: logLine(error) });
    }
  }
  throw new Unavailable();
}

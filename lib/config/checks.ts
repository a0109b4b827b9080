import { isHttpsOrLoopback, isLoopback } from "./encrypted";
import type { Variables } from "./variables";

/** Marks a secret that `npm run dev` wrote into .env.local, which Next.js would read in production too. */
export const DEVELOPMENT_SECRET_PREFIX = "development-";

/** Length alone does not catch `aaaa…` and the placeholders that people forget to replace. */
const isWeakSecret = (secret: string) =>
  Buffer.byteLength(secret) < 32 ||
  new Set(secret).size < 5 ||
  /change.?me|placeholder|your.?secret|openssl/i.test(secret);

/** What single variables cannot know: what one of them asks of another, and what production refuses. */
export function crossChecks(v: Variables): [name: string, problem: string][] {
  const problems: [string, string][] = [];
  const check = (ok: boolean, name: string, problem: string) => {
    if (!ok) problems.push([name, problem]);
  };
  if (v.LOGIN_AUTHENTICATOR === "ldap" && !v.LDAP_TEST_MODE) {
    check(v.LDAP_SERVER_URL.length > 0, "LDAP_SERVER_URL", "is required with LOGIN_AUTHENTICATOR=ldap");
    check(
      Boolean(v.LDAP_DN_FORMAT ?? v.LDAP_SEARCH_BASE),
      "LDAP_DN_FORMAT",
      "this or LDAP_SEARCH_BASE is required with LOGIN_AUTHENTICATOR=ldap",
    );
    check(
      Boolean(!v.LDAP_DN_FORMAT || v.LDAP_DN_FORMAT.includes("=") || v.LDAP_SEARCH_BASE),
      "LDAP_SEARCH_BASE",
      "is required where LDAP_DN_FORMAT is no distinguished name, to find the entry of whoever has signed in",
    );
    check(!v.LDAP_BIND_DN || Boolean(v.LDAP_BIND_PASSWORD), "LDAP_BIND_PASSWORD", "is required with LDAP_BIND_DN");
  }
  if (v.LOGIN_AUTHENTICATOR === "redirect") {
    const target = v.REDIRECT_LOGIN_TARGET?.split(/[?#]/)[0];
    check(Boolean(target), "REDIRECT_LOGIN_TARGET", "is required with LOGIN_AUTHENTICATOR=redirect");
    check(target !== "/login", "REDIRECT_LOGIN_TARGET", "must lead on from /login");
  }
  if (v.MAIL_TRANSPORT === "resend") check(Boolean(v.RESEND_API_KEY), "RESEND_API_KEY", "is required with resend");
  if (v.MAIL_TRANSPORT === "smtp") check(Boolean(v.SMTP_URL), "SMTP_URL", "is required with MAIL_TRANSPORT=smtp");
  if (v.AUTH_URL) {
    const { origin, href } = new URL(v.AUTH_URL);
    check(href === `${origin}/`, "AUTH_URL", "must be an origin only: no path, query or user name");
  }
  check(v.CLI_USER_ARGS.includes("loginId"), "CLI_USER_ARGS", "must contain loginId");
  if (v.NODE_ENV !== "production") return problems;

  check(Boolean(v.DATABASE_URL), "DATABASE_URL", "is required in production");
  check(v.AUTH_SECRET.length > 0, "AUTH_SECRET", "is required in production");
  check(
    !v.AUTH_SECRET.some((secret) => secret.startsWith(DEVELOPMENT_SECRET_PREFIX)),
    "AUTH_SECRET",
    "was generated for development (in .env.local): production needs a secret of its own",
  );
  check(
    !v.AUTH_SECRET.some(isWeakSecret),
    "AUTH_SECRET",
    "is too weak: each secret needs at least 32 bytes of random text",
  );
  check(Boolean(v.AUTH_URL), "AUTH_URL", "is required in production: the address that people type");
  if (v.AUTH_URL) check(isHttpsOrLoopback(v.AUTH_URL), "AUTH_URL", "must be https (http only on a loopback host)");
  check(!v.LDAP_TEST_MODE, "LDAP_TEST_MODE", "accepts every password and is refused in production");
  check(
    v.LDAP_START_TLS || v.LDAP_SERVER_URL.every((url) => url.startsWith("ldaps://") || isLoopback(url)),
    "LDAP_SERVER_URL",
    "would send passwords unencrypted: use ldaps:// or LDAP_START_TLS=true (ldap:// alone only on a loopback host)",
  );
  check(v.MAIL_TRANSPORT !== "outbox", "MAIL_TRANSPORT", "outbox is for development; use smtp or resend");
  for (const { name, client } of v.OIDC_PROFILES) {
    check(isHttpsOrLoopback(client.issuer), "OIDC_PROFILES", `${name}: the issuer must be https`);
  }
  return problems;
}

import { ConfigError, config } from "@/lib/config/env";
import type { Authenticator, CredentialsAuthenticator } from "./authenticator";
import { ldapAuthenticator } from "./ldap";
import { passwordAuthenticator } from "./password";
import { redirectAuthenticator } from "./redirect";

/** What LOGIN_AUTHENTICATOR can name: one file and one line each. */
const authenticators: readonly Authenticator[] = [passwordAuthenticator, ldapAuthenticator, redirectAuthenticator];

/**
 * The way in that LOGIN_AUTHENTICATOR names.
 * @throws ConfigError naming those that there are
 */
export function primaryAuthenticator(): Authenticator {
  const { LOGIN_AUTHENTICATOR: name } = config();
  const found = authenticators.find((authenticator) => authenticator.name === name);
  if (found) return found;
  const known = authenticators.map((authenticator) => authenticator.name).join(", ");
  throw new ConfigError([
    {
      name: "LOGIN_AUTHENTICATOR",
      problem: `is "${name}", which is no file of lib/auth/authenticators (there is: ${known})`,
      example: "LOGIN_AUTHENTICATOR=password",
    },
  ]);
}

/** The one behind the form of /login; undefined where /login has none. */
export function credentialsAuthenticator(): CredentialsAuthenticator | undefined {
  const primary = primaryAuthenticator();
  return primary.kind === "credentials" ? primary : undefined;
}

import { config } from "@/lib/config/env";
import type { Authenticator } from "./authenticator";
import { passwordAuthenticator } from "./password";

/** Every way in with a login id and a secret: one file and one line each. */
const authenticators: readonly Authenticator[] = [passwordAuthenticator];

/**
 * The way in that LOGIN_AUTHENTICATOR names.
 * @throws Error naming those that there are
 */
export function primaryAuthenticator(): Authenticator {
  const { LOGIN_AUTHENTICATOR: name } = config();
  const found = authenticators.find((authenticator) => authenticator.name === name);
  if (!found) {
    const known = authenticators.map((authenticator) => authenticator.name).join(", ");
    throw new Error(
      `LOGIN_AUTHENTICATOR=${name} has no authenticator in lib/auth/authenticators (there is: ${known}).`,
    );
  }
  return found;
}

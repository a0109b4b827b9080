import { eq } from "drizzle-orm";
import { upgradedHash, verifyPassword } from "@/lib/auth/password";
import { database, withoutParameters } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import type { CredentialsAuthenticator } from "./authenticator";

/** Login id and password against the users table. */
export const passwordAuthenticator: CredentialsAuthenticator = {
  kind: "credentials",
  name: "password",
  async verify({ loginId, password }) {
    const [user] = await withoutParameters(
      database()
        .select({ passwordHash: users.passwordHash })
        .from(users)
        .where(eq(users.loginIdCanonical, loginId))
        .execute(),
    );
    const { passwordHash } = user ?? {};
    if (!(await verifyPassword(passwordHash, password)) || !passwordHash) return null;
    return { passwordHash, upgradedHash: await upgradedHash(passwordHash, password) };
  },
  async pretend(password) {
    await verifyPassword(undefined, password);
  },
};

import { eq, sql } from "drizzle-orm";
import { isNotDisabled } from "@/lib/auth/active";
import { verifyPassword } from "@/lib/auth/password";
import { database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import type { Authenticator } from "./authenticator";

/** Login id and password against the users table. */
export const passwordAuthenticator: Authenticator = {
  name: "password",
  async verify({ loginId, password }) {
    const [user] = await database()
      .select({
        id: users.id,
        loginId: users.loginId,
        passwordHash: users.passwordHash,
        isDisabled: sql<boolean>`not (${isNotDisabled})`,
        isVerified: users.isVerified,
      })
      .from(users)
      .where(eq(users.loginIdCanonical, loginId));
    const isRight = await verifyPassword(user?.passwordHash, password);
    return isRight && user?.passwordHash ? { ...user, passwordHash: user.passwordHash } : null;
  },
};

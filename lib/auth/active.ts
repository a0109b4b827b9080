import { and, eq, gt, isNull, or, type SQL, sql } from "drizzle-orm";
import { config } from "@/lib/config/env";
import { users } from "@/lib/db/schema/users";

/** The timed disable has not come yet, by the clock of the database. */
const notTimedOut = or(isNull(users.disabledAt), gt(users.disabledAt, sql`now()`));

/** SQL for "neither switched off nor past the disable date". */
export const isNotDisabled = and(eq(users.isEnabled, true), notTimedOut) as SQL<boolean>;

/** SQL for an active user: not disabled, and verified if the app sends mail. */
export const isActive = (): SQL<boolean> =>
  (config().mailEnabled ? and(isNotDisabled, eq(users.isVerified, true)) : isNotDisabled) as SQL<boolean>;

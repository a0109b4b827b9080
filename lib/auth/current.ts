import { cookies } from "next/headers";
import { cache } from "react";
import type { Principal } from "./principal";
import { findPrincipal, sessionCookieName } from "./session";

/** Who makes this request, or null; asked of the database once per request. */
export const currentPrincipal = cache(async (): Promise<Principal | null> => {
  return findPrincipal((await cookies()).get(sessionCookieName())?.value);
});

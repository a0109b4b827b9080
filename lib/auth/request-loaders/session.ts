import { findPrincipal, sessionCookieName } from "@/lib/auth/session";
import type { RequestLoader } from "./loader";
import { oncePerRequest } from "./once";

/** Who has signed in with this browser. */
export const sessionLoader: RequestLoader = {
  name: "session",
  isAmbient: true,
  isMeant: ({ cookie }) => cookie(sessionCookieName()) !== undefined,
  load({ cookie }) {
    const token = cookie(sessionCookieName());
    return oncePerRequest(`session ${token}`, () => findPrincipal(token));
  },
};

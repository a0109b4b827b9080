import { findPrincipal, sessionCookieName } from "@/lib/auth/session";
import type { RequestLoader } from "./loader";

/** Who has signed in with this browser. */
export const sessionLoader: RequestLoader = {
  name: "session",
  isAmbient: true,
  isMeant: ({ cookie }) => cookie(sessionCookieName()) !== undefined,
  load: ({ cookie }) => findPrincipal(cookie(sessionCookieName())),
};

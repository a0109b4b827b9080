import { config } from "@/lib/config/env";
import type { RedirectAuthenticator } from "./authenticator";

/** Leads from /login to REDIRECT_LOGIN_TARGET, such as /login/<the name of an OIDC profile>. */
export const redirectAuthenticator: RedirectAuthenticator = {
  kind: "redirect",
  name: "redirect",
  // Without one the app does not start (lib/config/checks.ts).
  target: () => config().REDIRECT_LOGIN_TARGET ?? "/",
};

import { findTokenPrincipal } from "@/lib/auth/access-tokens";
import type { RequestLoader } from "./loader";
import { oncePerRequest } from "./once";

/** An access token in `Authorization: Bearer` (RFC 6750 §2.1), in exactly this spelling. */
export const bearerLoader: RequestLoader = {
  name: "bearer",
  isAmbient: false,
  // Whatever stands there is meant for us: another scheme, or none, is no reason to look at the cookie.
  isMeant: ({ header }) => header("authorization") !== null,
  async load({ header }) {
    const [, token] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(header("authorization") ?? "") ?? [];
    return token === undefined ? null : oncePerRequest(`token ${token}`, () => findTokenPrincipal(token));
  },
};

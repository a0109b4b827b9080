import { config } from "@/lib/config/env";
import type { OidcProfile } from "@/lib/config/variables";

/** The OpenID Connect providers of OIDC_PROFILES, by name. */

export const findProfile = (name: string): OidcProfile | undefined =>
  config().OIDC_PROFILES.find((profile) => profile.name === name);

/** What people call it. */
export const labelOf = ({ label, name }: Pick<OidcProfile, "name"> & { label?: string | undefined }): string =>
  label ?? name;

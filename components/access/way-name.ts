import { useTranslations } from "next-intl";
import { findProfile, labelOf } from "@/lib/auth/oidc/profiles";

/** What people call a way in: `password`, `ldap`, or the name of an OIDC profile, which may not be configured any more. */
export function useWayName(): (name: string) => string {
  const t = useTranslations("account.sessions.ways");
  return (name) => {
    const profile = findProfile(name);
    if (profile) return labelOf(profile);
    const key = name as "password";
    return t.has(key) ? t(key) : name;
  };
}

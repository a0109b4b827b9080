import { Network } from "lucide-react";
import { getFormatter, getTranslations } from "next-intl/server";
import { contextOf } from "@/lib/auth/guards";
import { findProfile, labelOf } from "@/lib/auth/oidc/profiles";
import type { Principal } from "@/lib/auth/principal";
import { syncedGroupsOf } from "@/lib/users/synced-groups";

/** Which groups a user has besides those of the form, and from where; nothing where there are none. */
export async function SyncedGroupsNotice({ principal, id }: { principal: Principal; id: string }) {
  const synced = await syncedGroupsOf(await contextOf(principal), id);
  if (synced.length === 0) return null;
  const t = await getTranslations("users");
  const tWays = await getTranslations("account.sessions.ways");
  const format = await getFormatter();
  const nameOf = (source: string) => {
    const profile = findProfile(source);
    if (profile) return labelOf(profile);
    return source === "ldap" ? tWays("ldap") : source;
  };
  return (
    <div className="mb-5 flex max-w-3xl items-start gap-2.5 rounded-md border bg-muted px-3.5 py-2.5 text-sm">
      <Network className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-hidden />
      <div className="min-w-0">
        {synced.map(({ source, names }) => (
          <p key={source} className="wrap-anywhere">
            {t("synced", { groups: format.list(names), source: nameOf(source) })}
          </p>
        ))}
      </div>
    </div>
  );
}

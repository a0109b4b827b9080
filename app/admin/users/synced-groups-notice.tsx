import { Network } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { useWayName } from "@/components/access/way-name";
import type { SyncedGroups } from "@/lib/users/synced-groups";

/** Which groups a user has besides those of the form, and from where; nothing where there are none. */
export function SyncedGroupsNotice({ synced }: { synced: SyncedGroups[] }) {
  const t = useTranslations("users");
  const format = useFormatter();
  const wayName = useWayName();
  if (synced.length === 0) return null;
  return (
    <div className="mb-5 flex max-w-3xl items-start gap-2.5 rounded-md border bg-muted px-3.5 py-2.5 text-sm">
      <Network className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-hidden />
      <div className="min-w-0">
        {synced.map(({ source, names }) => (
          <p key={source} className="wrap-anywhere">
            {t("synced", { groups: format.list(names), source: wayName(source) })}
          </p>
        ))}
      </div>
    </div>
  );
}

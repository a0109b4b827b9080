import Link from "next/link";
import { useTranslations } from "next-intl";
import { Badge } from "@/components/ui/badge";
import type { Holder } from "@/lib/access/holders";
import { type CanOpen, SourceList } from "./source-list";

type HolderTableProps = {
  caption: string;
  holders: Holder[];
  /** Whether there is more than one way to have it. */
  hasSources: boolean;
  canOpen: CanOpen & { users: boolean };
};

function HolderName({ holder, canOpen }: { holder: Holder; canOpen: boolean }) {
  const t = useTranslations("access");
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      {canOpen ? (
        <Link
          href={`/admin/users/${holder.id}/access`}
          prefetch={false}
          className="inline-block min-h-6 leading-6 text-primary wrap-anywhere hover:underline"
        >
          {holder.loginId}
        </Link>
      ) : (
        <span className="leading-6 wrap-anywhere">{holder.loginId}</span>
      )}
      {!holder.isActive && <Badge tone="neutral">{t("inactive")}</Badge>}
    </span>
  );
}

/** Users and through what they have something: a table on wide screens, cards on narrow ones. */
export function HolderTable({ caption, holders, hasSources, canOpen }: HolderTableProps) {
  const t = useTranslations("access");
  return (
    // Explicit roles: the card layout changes `display`, which would take the table's meaning away from screen readers.
    // biome-ignore-start lint/a11y/noRedundantRoles: see above
    <table role="table" className="w-full text-sm max-md:block">
      <caption className="sr-only">{caption}</caption>
      <thead role="rowgroup" className="border-b text-left text-muted-foreground max-md:sr-only">
        <tr role="row">
          <th role="columnheader" scope="col" className="py-2 pr-2.5 pl-4 font-medium">
            {t("user")}
          </th>
          {hasSources && (
            <th role="columnheader" scope="col" className="px-2.5 py-2 font-medium">
              {t("comesFrom")}
            </th>
          )}
        </tr>
      </thead>
      <tbody role="rowgroup" className="max-md:block">
        {holders.map((holder) => (
          <tr role="row" key={holder.id} className="border-b last:border-b-0 max-md:block max-md:px-4 max-md:py-3">
            <th
              role="rowheader"
              scope="row"
              className="py-2 pr-2.5 pl-4 text-left align-top font-medium max-md:block max-md:p-0"
            >
              <HolderName holder={holder} canOpen={canOpen.users} />
            </th>
            {hasSources && (
              <td role="cell" className="px-2.5 py-1.5 align-top max-md:block max-md:px-0 max-md:pb-0 md:w-1/2">
                <SourceList sources={holder.sources} canOpen={canOpen} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}

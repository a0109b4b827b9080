import { useTranslations } from "next-intl";
import { Card } from "@/components/ui/card";
import type { PermissionWithSources } from "@/lib/access/sources";
import { Nothing } from "./nothing";
import { type CanOpen, SourceList } from "./source-list";

type UserAccessProps = {
  /** With descriptions in the reader's language. */
  permissions: PermissionWithSources[];
  canOpen: CanOpen;
  /** Where the access of this user is changed; absent where the reader may not. */
  editHref?: string;
};

/** What a user may do and why: a table on wide screens, cards on narrow ones. */
export function UserAccess({ permissions, canOpen, editHref }: UserAccessProps) {
  const t = useTranslations("access");
  if (permissions.length === 0) {
    return (
      <Card>
        <Nothing
          title={t("noPermissionsTitle")}
          text={t("noPermissionsText")}
          link={editHref === undefined ? undefined : { href: editHref, label: t("changeAccess") }}
        />
      </Card>
    );
  }
  return (
    <Card>
      {/* Explicit roles: the card layout changes `display`, which would take the table's meaning from screen readers. */}
      {/* biome-ignore-start lint/a11y/noRedundantRoles: see above */}
      <table role="table" className="w-full text-sm max-md:block">
        <caption className="sr-only">{t("permissionsOf")}</caption>
        <thead role="rowgroup" className="border-b text-left text-muted-foreground max-md:sr-only">
          <tr role="row">
            {[t("permission"), t("description"), t("comesFrom")].map((label) => (
              <th role="columnheader" scope="col" key={label} className="px-2.5 py-2 font-medium first:pl-4">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" className="max-md:block">
          {permissions.map(({ id, token, description, sources }) => (
            <tr role="row" key={id} className="border-b last:border-b-0 max-md:block max-md:px-4 max-md:py-3">
              <th
                role="rowheader"
                scope="row"
                className="py-3 pr-2.5 pl-4 text-left align-top font-medium max-md:block max-md:p-0"
              >
                <code className="text-[0.95em] wrap-anywhere">{token}</code>
              </th>
              <td
                role="cell"
                className="px-2.5 py-3 align-top break-words text-muted-foreground max-md:block max-md:px-0 max-md:pt-0.5 max-md:pb-2"
              >
                {description}
              </td>
              <td role="cell" className="px-2.5 py-2 align-top max-md:block max-md:p-0 md:w-1/2">
                <SourceList sources={sources} canOpen={canOpen} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y/noRedundantRoles: see above */}
      <p className="border-t p-3 px-4 text-sm text-muted-foreground">
        {t("permissionTotal", { total: permissions.length })}
      </p>
    </Card>
  );
}

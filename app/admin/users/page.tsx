import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { ListPage } from "@/components/crud/list-page";
import { satisfies } from "@/lib/auth/conditions";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { config } from "@/lib/config/env";
import { listHref, parseListQuery } from "@/lib/crud/list-query";
import { fieldsOf } from "@/lib/crud/list-sql";
import { relationOptions } from "@/lib/crud/relations";
import { access } from "@/lib/users/access";
import { listUsers, userColumns } from "@/lib/users/list";
import { userRelations } from "@/lib/users/relations";

const PATH = "/admin/users";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("users"))("title") };
}

export default async function UsersPage({ searchParams }: PageProps<"/admin/users">) {
  const principal = await requirePermissions(access.list);
  const ctx = await contextOf(principal);
  const fields = fieldsOf(userColumns(ctx));
  const query = parseListQuery(await searchParams, fields);
  const [{ items, ...totals }, groups] = await Promise.all([
    listUsers(ctx, query),
    relationOptions(ctx.db, userRelations.groupIds),
  ]);
  const t = await getTranslations("users");
  const from = encodeURIComponent(listHref(PATH, query));
  const isVerifiedShown = fields.isVerified !== undefined;
  const isSuperuserShown = fields.isSuperuser !== undefined;
  const column = (id: "isEnabled" | "isVerified" | "isSuperuser" | "groupIds" | "lastLoginAt" | "disabledAt") => ({
    id,
    label: t(`fields.${id}`),
    isSortable: fields[id]?.sortable ?? false,
  });
  const loginLabel = t(`fields.${config().LOGIN_ID}`);
  return (
    <ListPage
      principal={principal}
      setPreference={setPreference}
      title={t("title")}
      intro={t("intro")}
      path={PATH}
      query={query}
      fields={fields}
      columns={[
        { id: "loginId", label: loginLabel, kind: "text", isSortable: true },
        { ...column("isEnabled"), kind: "boolean" },
        ...(isVerifiedShown ? [{ ...column("isVerified"), kind: "boolean" as const }] : []),
        ...(isSuperuserShown ? [{ ...column("isSuperuser"), kind: "boolean" as const }] : []),
        { ...column("groupIds"), kind: "list" },
        { ...column("lastLoginAt"), kind: "dateTime" },
        { ...column("disabledAt"), kind: "dateTime" },
      ]}
      filters={[
        { id: "isEnabled", label: t("fields.isEnabled"), kind: "boolean" },
        ...(isVerifiedShown ? [{ id: "isVerified", label: t("fields.isVerified"), kind: "boolean" as const }] : []),
        ...(isSuperuserShown ? [{ id: "isSuperuser", label: t("fields.isSuperuser"), kind: "boolean" as const }] : []),
        { id: "groupIds", label: t("fields.groupIds"), kind: "relation", options: groups },
        { id: "lastLoginAt", label: t("fields.lastLoginAt"), kind: "dateRange" },
        { id: "disabledAt", label: t("fields.disabledAt"), kind: "dateRange" },
      ]}
      rows={items.map((user) => ({
        id: user.id,
        name: user.loginId,
        ...(satisfies(principal, access.edit) && { editHref: `${PATH}/${user.id}/edit?from=${from}` }),
        cells: {
          loginId: user.loginId,
          isEnabled: user.isEnabled,
          isVerified: user.isVerified,
          ...(isSuperuserShown && { isSuperuser: user.isSuperuser }),
          groupIds: user.groups,
          lastLoginAt: user.lastLoginAt,
          disabledAt: user.disabledAt,
        },
      }))}
      {...totals}
      {...(satisfies(principal, access.add) && { add: { href: `${PATH}/add?from=${from}`, label: t("add") } })}
      empty={{ title: t("emptyTitle"), text: t("emptyText") }}
    />
  );
}

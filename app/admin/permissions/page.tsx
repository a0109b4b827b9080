import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { listDescribed, permissionFields } from "@/app/admin/permissions/described";
import { setPreference } from "@/app/preferences";
import { ListPage } from "@/components/crud/list-page";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { parseListQuery } from "@/lib/crud/list-query";
import { access } from "@/lib/permissions/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("permissionList"))("title") };
}

export default async function PermissionsPage({ searchParams }: PageProps<"/admin/permissions">) {
  const principal = await requirePermissions(access.list);
  const query = parseListQuery(await searchParams, permissionFields);
  const { items, ...totals } = await listDescribed(await contextOf(principal), query);
  const t = await getTranslations("permissionList");
  return (
    <ListPage
      principal={principal}
      setPreference={setPreference}
      title={t("title")}
      intro={t("intro")}
      path="/admin/permissions"
      query={query}
      fields={permissionFields}
      columns={[
        { id: "token", label: t("fields.token"), kind: "code", isSortable: true },
        { id: "description", label: t("fields.description"), kind: "text", isSortable: true },
      ]}
      filters={[]}
      rows={items.map(({ id, token, description }) => ({
        id,
        name: token,
        cells: { token, description },
      }))}
      {...totals}
      empty={{ title: t("emptyTitle"), text: t("emptyText") }}
    />
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { ListPage } from "@/components/crud/list-page";
import { satisfies } from "@/lib/auth/conditions";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { listHref, parseListQuery } from "@/lib/crud/list-query";
import { namedFields } from "@/lib/crud/named";
import { access } from "@/lib/groups/access";
import { listGroups } from "@/lib/groups/service";

const PATH = "/admin/groups";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("groups"))("title") };
}

export default async function GroupsPage({ searchParams }: PageProps<"/admin/groups">) {
  const principal = await requirePermissions(access.list);
  const query = parseListQuery(await searchParams, namedFields);
  const { items, ...totals } = await listGroups(await contextOf(principal), query);
  const t = await getTranslations("groups");
  const from = encodeURIComponent(listHref(PATH, query));
  return (
    <ListPage
      principal={principal}
      setPreference={setPreference}
      title={t("title")}
      intro={t("intro")}
      path={PATH}
      query={query}
      fields={namedFields}
      columns={[
        { id: "name", label: t("fields.name"), kind: "text", isSortable: true },
        { id: "bundleIds", label: t("fields.bundleIds"), kind: "list", isSortable: false },
        { id: "permissionIds", label: t("fields.permissionIds"), kind: "list", isSortable: false },
      ]}
      filters={[]}
      rows={items.map((row) => ({
        id: row.id,
        name: row.name,
        ...(satisfies(principal, access.edit) && { editHref: `${PATH}/${row.id}/edit?from=${from}` }),
        cells: {
          name: row.name,
          bundleIds: row.held.bundleIds ?? [],
          permissionIds: row.held.permissionIds ?? [],
        },
      }))}
      {...totals}
      {...(satisfies(principal, access.add) && { add: { href: `${PATH}/add?from=${from}`, label: t("add") } })}
      empty={{ title: t("emptyTitle"), text: t("emptyText") }}
    />
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { ListPage } from "@/components/crud/list-page";
import { satisfies } from "@/lib/auth/conditions";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { access } from "@/lib/bundles/access";
import { listBundles } from "@/lib/bundles/service";
import { listHref, parseListQuery } from "@/lib/crud/list-query";
import { namedFields } from "@/lib/crud/named";

const PATH = "/admin/bundles";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("bundles"))("title") };
}

export default async function BundlesPage({ searchParams }: PageProps<"/admin/bundles">) {
  const principal = await requirePermissions(access.list);
  const query = parseListQuery(await searchParams, namedFields);
  const { items, ...totals } = await listBundles(await contextOf(principal), query);
  const t = await getTranslations("bundles");
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

        { id: "permissionIds", label: t("fields.permissionIds"), kind: "list", isSortable: false },
      ]}
      filters={[]}
      rows={items.map((row) => ({
        id: row.id,
        name: row.name,
        ...(satisfies(principal, access.edit) && { editHref: `${PATH}/${row.id}/edit?from=${from}` }),
        cells: {
          name: row.name,

          permissionIds: row.held.permissionIds ?? [],
        },
      }))}
      {...totals}
      {...(satisfies(principal, access.add) && { add: { href: `${PATH}/add?from=${from}`, label: t("add") } })}
      empty={{ title: t("emptyTitle"), text: t("emptyText") }}
    />
  );
}

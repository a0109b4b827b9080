import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ListScreen } from "@/app/admin/_screens/list";
import { requirePermissions } from "@/lib/auth/guards";
import { access } from "@/lib/bundles/access";
import { entities } from "@/lib/entities";
import { previewDeletion, removeBundle } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("bundles"))("title") };
}

export default async function BundlesPage({ searchParams }: PageProps<"/admin/bundles">) {
  const principal = await requirePermissions(access.list);
  return (
    <ListScreen
      entity={entities.bundles}
      principal={principal}
      searchParams={await searchParams}
      deletion={{ preview: previewDeletion, action: removeBundle }}
    />
  );
}

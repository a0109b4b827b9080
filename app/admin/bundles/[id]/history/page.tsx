import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { HistoryScreen } from "@/app/admin/_screens/history";
import { requirePermissions } from "@/lib/auth/guards";
import { access } from "@/lib/bundles/access";
import { entities } from "@/lib/entities";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("tabs"))("history") };
}

export default async function BundleHistoryPage({ params, searchParams }: PageProps<"/admin/bundles/[id]/history">) {
  const principal = await requirePermissions(access.list);
  return (
    <HistoryScreen
      entity={entities.bundles}
      principal={principal}
      id={(await params).id}
      searchParams={await searchParams}
    />
  );
}

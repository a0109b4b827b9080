import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { HistoryScreen } from "@/app/admin/_screens/history";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/groups/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("tabs"))("history") };
}

export default async function GroupHistoryPage({ params, searchParams }: PageProps<"/admin/groups/[id]/history">) {
  const principal = await requirePermissions(access.list);
  return (
    <HistoryScreen
      entity={entities.groups}
      principal={principal}
      id={(await params).id}
      searchParams={await searchParams}
    />
  );
}

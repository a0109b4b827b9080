import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { HistoryScreen } from "@/app/admin/_screens/history";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/users/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("tabs"))("history") };
}

export default async function UserHistoryPage({ params, searchParams }: PageProps<"/admin/users/[id]/history">) {
  const principal = await requirePermissions(access.list);
  return (
    <HistoryScreen
      entity={entities.users}
      principal={principal}
      id={(await params).id}
      searchParams={await searchParams}
    />
  );
}

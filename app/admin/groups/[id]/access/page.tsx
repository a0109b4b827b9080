import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { HoldersScreen } from "@/app/admin/_screens/access";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/groups/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("tabs"))("access") };
}

export default async function GroupAccessPage({ params, searchParams }: PageProps<"/admin/groups/[id]/access">) {
  const principal = await requirePermissions(access.list);
  return (
    <HoldersScreen
      entity={entities.groups}
      principal={principal}
      id={(await params).id}
      searchParams={await searchParams}
    />
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { HoldersScreen } from "@/app/admin/_screens/access";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/permissions/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("tabs"))("access") };
}

export default async function PermissionAccessPage({
  params,
  searchParams,
}: PageProps<"/admin/permissions/[id]/access">) {
  const principal = await requirePermissions(access.list);
  return (
    <HoldersScreen
      entity={entities.permissions}
      principal={principal}
      id={(await params).id}
      searchParams={await searchParams}
    />
  );
}

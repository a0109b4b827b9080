import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ListScreen } from "@/app/admin/_screens/list";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/permissions/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("permissionList"))("title") };
}

export default async function PermissionPage({ searchParams }: PageProps<"/admin/permissions">) {
  const principal = await requirePermissions(access.list);
  return <ListScreen entity={entities.permissions} principal={principal} searchParams={await searchParams} />;
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { HoldersScreen } from "@/app/admin/_screens/access";
import { requirePermissions } from "@/lib/auth/guards";
import { access } from "@/lib/bundles/access";
import { entities } from "@/lib/entities";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("tabs"))("access") };
}

export default async function BundleAccessPage({ params, searchParams }: PageProps<"/admin/bundles/[id]/access">) {
  const principal = await requirePermissions(access.list);
  return (
    <HoldersScreen
      entity={entities.bundles}
      principal={principal}
      id={(await params).id}
      searchParams={await searchParams}
    />
  );
}

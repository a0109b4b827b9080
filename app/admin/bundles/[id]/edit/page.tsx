import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { EditScreen } from "@/app/admin/_screens/form";
import { saveBundle } from "@/app/admin/bundles/actions";
import { BundleForm } from "@/app/admin/bundles/form";
import { requirePermissions } from "@/lib/auth/guards";
import { access } from "@/lib/bundles/access";
import { entities } from "@/lib/entities";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("list"))("edit") };
}

export default async function EditBundlePage({ params, searchParams }: PageProps<"/admin/bundles/[id]/edit">) {
  const principal = await requirePermissions(access.edit);
  return (
    <EditScreen
      entity={entities.bundles}
      principal={principal}
      id={(await params).id}
      searchParams={await searchParams}
      action={saveBundle}
      Form={BundleForm}
    />
  );
}

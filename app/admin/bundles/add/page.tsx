import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AddScreen } from "@/app/admin/_screens/form";
import { addBundle } from "@/app/admin/bundles/actions";
import { BundleForm } from "@/app/admin/bundles/form";
import { requirePermissions } from "@/lib/auth/guards";
import { access } from "@/lib/bundles/access";
import { entities } from "@/lib/entities";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("bundles"))("addTitle") };
}

export default async function AddBundlePage({ searchParams }: PageProps<"/admin/bundles/add">) {
  const principal = await requirePermissions(access.add);
  return (
    <AddScreen
      entity={entities.bundles}
      principal={principal}
      searchParams={await searchParams}
      action={addBundle}
      Form={BundleForm}
    />
  );
}

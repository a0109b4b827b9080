import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { DeleteScreen } from "@/app/admin/_screens/delete";
import { removeBundle } from "@/app/admin/bundles/actions";
import { requirePermissions } from "@/lib/auth/guards";
import { access } from "@/lib/bundles/access";
import { entities } from "@/lib/entities";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("deletion"))("submit") };
}

export default async function DeleteBundlePage({ params, searchParams }: PageProps<"/admin/bundles/[id]/delete">) {
  const principal = await requirePermissions(access.delete);
  return (
    <DeleteScreen
      entity={entities.bundles}
      principal={principal}
      id={(await params).id}
      searchParams={await searchParams}
      action={removeBundle}
    />
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { BulkScreen } from "@/app/admin/_screens/bulk";
import { runBulk } from "@/app/admin/bundles/actions";
import { requirePermissions } from "@/lib/auth/guards";
import { access } from "@/lib/bundles/access";
import { entities } from "@/lib/entities";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("bulk"))("title") };
}

export default async function BundleBulkPage({ searchParams }: PageProps<"/admin/bundles/bulk">) {
  const principal = await requirePermissions(access.list);
  return (
    <BulkScreen entity={entities.bundles} principal={principal} searchParams={await searchParams} action={runBulk} />
  );
}

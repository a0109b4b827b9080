import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { BulkScreen } from "@/app/admin/_screens/bulk";
import { runBulk } from "@/app/admin/locks/actions";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/locks/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("bulk"))("title") };
}

export default async function LockBulkPage({ searchParams }: PageProps<"/admin/locks/bulk">) {
  const principal = await requirePermissions(access.list);
  return (
    <BulkScreen
      entity={entities.locks}
      principal={principal}
      searchParams={await searchParams}
      action={runBulk}
      here="/admin/attempts"
    />
  );
}

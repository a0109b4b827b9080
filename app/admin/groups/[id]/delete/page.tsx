import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { DeleteScreen } from "@/app/admin/_screens/delete";
import { removeGroup } from "@/app/admin/groups/actions";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/groups/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("deletion"))("submit") };
}

export default async function DeleteGroupPage({ params, searchParams }: PageProps<"/admin/groups/[id]/delete">) {
  const principal = await requirePermissions(access.delete);
  return (
    <DeleteScreen
      entity={entities.groups}
      principal={principal}
      id={(await params).id}
      searchParams={await searchParams}
      action={removeGroup}
    />
  );
}

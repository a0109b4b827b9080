import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { EditScreen } from "@/app/admin/_screens/form";
import { saveGroup } from "@/app/admin/groups/actions";
import { GroupForm } from "@/app/admin/groups/form";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/groups/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("list"))("edit") };
}

export default async function EditGroupPage({ params, searchParams }: PageProps<"/admin/groups/[id]/edit">) {
  const principal = await requirePermissions(access.edit);
  return (
    <EditScreen
      entity={entities.groups}
      principal={principal}
      id={(await params).id}
      searchParams={await searchParams}
      action={saveGroup}
      Form={GroupForm}
    />
  );
}

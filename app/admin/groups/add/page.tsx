import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AddScreen } from "@/app/admin/_screens/form";
import { addGroup } from "@/app/admin/groups/actions";
import { GroupForm } from "@/app/admin/groups/form";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/groups/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("groups"))("addTitle") };
}

export default async function AddGroupPage({ searchParams }: PageProps<"/admin/groups/add">) {
  const principal = await requirePermissions(access.add);
  return (
    <AddScreen
      entity={entities.groups}
      principal={principal}
      searchParams={await searchParams}
      action={addGroup}
      Form={GroupForm}
    />
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ListScreen } from "@/app/admin/_screens/list";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/groups/access";
import { previewDeletion, removeGroup } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("groups"))("title") };
}

export default async function GroupsPage({ searchParams }: PageProps<"/admin/groups">) {
  const principal = await requirePermissions(access.list);
  return (
    <ListScreen
      entity={entities.groups}
      principal={principal}
      searchParams={await searchParams}
      deletion={{ preview: previewDeletion, action: removeGroup }}
    />
  );
}

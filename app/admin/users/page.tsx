import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ListScreen } from "@/app/admin/_screens/list";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/users/access";
import { previewDeletion, removeUser } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("users"))("title") };
}

export default async function UsersPage({ searchParams }: PageProps<"/admin/users">) {
  const principal = await requirePermissions(access.list);
  return (
    <ListScreen
      entity={entities.users}
      principal={principal}
      searchParams={await searchParams}
      deletion={{ preview: previewDeletion, action: removeUser }}
    />
  );
}

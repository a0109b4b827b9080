import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { DeleteScreen } from "@/app/admin/_screens/delete";
import { removeUser } from "@/app/admin/users/actions";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/users/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("deletion"))("submit") };
}

export default async function DeleteUserPage({ params, searchParams }: PageProps<"/admin/users/[id]/delete">) {
  const principal = await requirePermissions(access.delete);
  return (
    <DeleteScreen
      entity={entities.users}
      principal={principal}
      id={(await params).id}
      searchParams={await searchParams}
      action={removeUser}
    />
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AddScreen } from "@/app/admin/_screens/form";
import { addUser } from "@/app/admin/users/actions";
import { UserForm } from "@/app/admin/users/form";
import { userWords } from "@/app/admin/users/words";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/users/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("users"))("addTitle") };
}

export default async function AddUserPage({ searchParams }: PageProps<"/admin/users/add">) {
  const principal = await requirePermissions(access.add);
  return (
    <AddScreen
      entity={entities.users}
      principal={principal}
      searchParams={await searchParams}
      action={addUser}
      Form={UserForm}
      initial={{ sendWelcome: true }}
      words={await userWords("new")}
    />
  );
}

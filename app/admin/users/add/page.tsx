import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { addUser } from "@/app/admin/users/actions";
import { userFormProps } from "@/app/admin/users/form-props";
import { setPreference } from "@/app/preferences";
import { FormPage } from "@/components/crud/form-page";
import { UserForm } from "@/components/crud/user-form";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { backTo } from "@/lib/crud/carried";
import { access } from "@/lib/users/access";
import { newUser } from "@/lib/users/schema";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("users"))("addTitle") };
}

export default async function AddUserPage({ searchParams }: PageProps<"/admin/users/add">) {
  const principal = await requirePermissions(access.add);
  const backHref = backTo((await searchParams).from, "/admin/users");
  const t = await getTranslations("users");
  return (
    <FormPage
      principal={principal}
      setPreference={setPreference}
      here="/admin/users"
      title={t("addTitle")}
      texts={["users"]}
    >
      <UserForm
        {...(await userFormProps(await contextOf(principal)))}
        action={addUser}
        defaults={newUser}
        carried={{ from: backHref }}
        backHref={backHref}
        submit={t("add")}
      />
    </FormPage>
  );
}

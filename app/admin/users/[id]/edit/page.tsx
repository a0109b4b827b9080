import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { saveUser } from "@/app/admin/users/actions";
import { userFormProps } from "@/app/admin/users/form-props";
import { setPreference } from "@/app/preferences";
import { FormPage } from "@/components/crud/form-page";
import { UserForm } from "@/components/crud/user-form";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { orNotFound } from "@/lib/auth/not-found";
import { backTo } from "@/lib/crud/carried";
import { access } from "@/lib/users/access";
import { getUser } from "@/lib/users/service";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("list"))("edit") };
}

export default async function EditUserPage({ params, searchParams }: PageProps<"/admin/users/[id]/edit">) {
  const principal = await requirePermissions(access.edit);
  const ctx = await contextOf(principal);
  const user = await orNotFound(getUser(ctx, (await params).id));
  const backHref = backTo((await searchParams).from, "/admin/users");
  const t = await getTranslations("users");
  const tForm = await getTranslations("form");
  return (
    <FormPage
      principal={principal}
      setPreference={setPreference}
      here="/admin/users"
      title={t("editTitle", { name: user.loginId })}
      texts={["users"]}
    >
      <UserForm
        {...(await userFormProps(ctx))}
        action={saveUser}
        defaults={{
          loginId: user.loginId,
          isEnabled: user.isEnabled,
          disabledAt: user.disabledAt?.toISOString().slice(0, 10) ?? "",
          isSuperuser: user.isSuperuser,
          groupIds: user.groupIds,
          bundleIds: user.bundleIds,
          permissionIds: user.permissionIds,
          password: "",
          confirm: "",
        }}
        carried={{ id: user.id, version: user.version, from: backHref }}
        backHref={backHref}
        submit={tForm("save")}
      />
    </FormPage>
  );
}

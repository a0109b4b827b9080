import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { addGroup } from "@/app/admin/groups/actions";
import { describedPermissions } from "@/app/admin/permissions/described";
import { setPreference } from "@/app/preferences";
import { FormPage } from "@/components/crud/form-page";
import { NamedForm } from "@/components/crud/named-form";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { backTo } from "@/lib/crud/carried";
import { relationOptions } from "@/lib/crud/relations";
import { access } from "@/lib/groups/access";
import { groupRelations } from "@/lib/groups/service";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("groups"))("addTitle") };
}

export default async function AddGroupPage({ searchParams }: PageProps<"/admin/groups/add">) {
  const principal = await requirePermissions(access.add);
  const ctx = await contextOf(principal);
  const backHref = backTo((await searchParams).from, "/admin/groups");
  const t = await getTranslations("groups");
  return (
    <FormPage principal={principal} setPreference={setPreference} here="/admin/groups" title={t("addTitle")}>
      <NamedForm
        action={addGroup}
        defaults={{ name: "", bundleIds: [], permissionIds: [] }}
        carried={{ from: backHref }}
        backHref={backHref}
        submit={t("add")}
        title={t("formTitle")}
        labels={{
          name: t("fields.name"),
          bundleIds: t("fields.bundleIds"),
          permissionIds: t("fields.permissionIds"),
        }}
        bundles={await relationOptions(ctx.db, groupRelations.bundleIds)}
        permissions={await describedPermissions(ctx)}
      />
    </FormPage>
  );
}

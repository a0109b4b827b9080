import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { saveGroup } from "@/app/admin/groups/actions";
import { describedPermissions } from "@/app/admin/permissions/described";
import { setPreference } from "@/app/preferences";
import { FormPage } from "@/components/crud/form-page";
import { NamedForm } from "@/components/crud/named-form";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { orNotFound } from "@/lib/auth/not-found";
import { backTo } from "@/lib/crud/carried";
import { relationOptions } from "@/lib/crud/relations";
import { access } from "@/lib/groups/access";
import { getGroup, groupRelations } from "@/lib/groups/service";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("list"))("edit") };
}

export default async function EditGroupPage({ params, searchParams }: PageProps<"/admin/groups/[id]/edit">) {
  const principal = await requirePermissions(access.edit);
  const ctx = await contextOf(principal);
  const record = await orNotFound(getGroup(ctx, (await params).id));
  const backHref = backTo((await searchParams).from, "/admin/groups");
  const t = await getTranslations("groups");
  const tForm = await getTranslations("form");
  return (
    <FormPage
      principal={principal}
      setPreference={setPreference}
      here="/admin/groups"
      title={t("editTitle", { name: record.name })}
    >
      <NamedForm
        action={saveGroup}
        defaults={{
          name: record.name,
          bundleIds: record.held.bundleIds ?? [],
          permissionIds: record.held.permissionIds ?? [],
        }}
        carried={{ id: record.id, version: record.version, from: backHref }}
        backHref={backHref}
        submit={tForm("save")}
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

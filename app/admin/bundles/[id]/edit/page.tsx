import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { saveBundle } from "@/app/admin/bundles/actions";
import { describedPermissions } from "@/app/admin/permissions/described";
import { setPreference } from "@/app/preferences";
import { FormPage } from "@/components/crud/form-page";
import { NamedForm } from "@/components/crud/named-form";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { orNotFound } from "@/lib/auth/not-found";
import { access } from "@/lib/bundles/access";
import { getBundle } from "@/lib/bundles/service";
import { backTo } from "@/lib/crud/carried";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("list"))("edit") };
}

export default async function EditBundlePage({ params, searchParams }: PageProps<"/admin/bundles/[id]/edit">) {
  const principal = await requirePermissions(access.edit);
  const ctx = await contextOf(principal);
  const record = await orNotFound(getBundle(ctx, (await params).id));
  const backHref = backTo((await searchParams).from, "/admin/bundles");
  const t = await getTranslations("bundles");
  const tForm = await getTranslations("form");
  return (
    <FormPage
      principal={principal}
      setPreference={setPreference}
      here="/admin/bundles"
      title={t("editTitle", { name: record.name })}
    >
      <NamedForm
        action={saveBundle}
        defaults={{
          name: record.name,

          permissionIds: record.held.permissionIds ?? [],
        }}
        carried={{ id: record.id, version: record.version, from: backHref }}
        backHref={backHref}
        submit={tForm("save")}
        title={t("formTitle")}
        labels={{
          name: t("fields.name"),

          permissionIds: t("fields.permissionIds"),
        }}
        permissions={await describedPermissions(ctx)}
      />
    </FormPage>
  );
}

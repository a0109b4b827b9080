import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { addBundle } from "@/app/admin/bundles/actions";
import { describedPermissions } from "@/app/admin/permissions/described";
import { setPreference } from "@/app/preferences";
import { FormPage } from "@/components/crud/form-page";
import { NamedForm } from "@/components/crud/named-form";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { access } from "@/lib/bundles/access";
import { backTo } from "@/lib/crud/carried";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("bundles"))("addTitle") };
}

export default async function AddBundlePage({ searchParams }: PageProps<"/admin/bundles/add">) {
  const principal = await requirePermissions(access.add);
  const ctx = await contextOf(principal);
  const backHref = backTo((await searchParams).from, "/admin/bundles");
  const t = await getTranslations("bundles");
  return (
    <FormPage principal={principal} setPreference={setPreference} here="/admin/bundles" title={t("addTitle")}>
      <NamedForm
        action={addBundle}
        defaults={{ name: "", permissionIds: [] }}
        carried={{ from: backHref }}
        backHref={backHref}
        submit={t("add")}
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

"use server";

import { redirect } from "next/navigation";
import type { NamedValues } from "@/components/crud/named-form";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { access } from "@/lib/bundles/access";
import { bundleSchema } from "@/lib/bundles/schema";
import { createBundle, updateBundle } from "@/lib/bundles/service";
import { carriedBy } from "@/lib/crud/carried";
import { text, texts } from "@/lib/crud/form-data";
import { type FormState, formStateOf, parseInput } from "@/lib/crud/form-state";
import { setFlash } from "@/lib/flash";

const PATH = "/admin/bundles";

const posted = (form: FormData) => ({
  name: text(form, "name"),

  permissionIds: texts(form, "permissionIds"),
});

export async function addBundle(_state: FormState<NamedValues>, form: FormData): Promise<FormState<NamedValues>> {
  const principal = await requirePermissions(access.add);
  const values = posted(form);
  try {
    await createBundle(await contextOf(principal), parseInput(bundleSchema, values));
  } catch (error) {
    return formStateOf(error, values);
  }
  await setFlash({ kind: "status", key: "created", params: { name: values.name } });
  redirect(carriedBy(form, PATH).backHref);
}

export async function saveBundle(_state: FormState<NamedValues>, form: FormData): Promise<FormState<NamedValues>> {
  const principal = await requirePermissions(access.edit);
  const values = posted(form);
  const { id, version, backHref } = carriedBy(form, PATH);
  try {
    await updateBundle(await contextOf(principal), id, version, parseInput(bundleSchema, values));
  } catch (error) {
    return formStateOf(error, values);
  }
  await setFlash({ kind: "status", key: "saved", params: { name: values.name } });
  redirect(backHref);
}

"use server";

import { redirect } from "next/navigation";
import type { NamedValues } from "@/components/crud/named-form";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { carriedBy } from "@/lib/crud/carried";
import { text, texts } from "@/lib/crud/form-data";
import { type FormState, formStateOf, parseInput } from "@/lib/crud/form-state";
import { setFlash } from "@/lib/flash";
import { access } from "@/lib/groups/access";
import { groupSchema } from "@/lib/groups/schema";
import { createGroup, updateGroup } from "@/lib/groups/service";

const PATH = "/admin/groups";

const posted = (form: FormData) => ({
  name: text(form, "name"),
  bundleIds: texts(form, "bundleIds"),
  permissionIds: texts(form, "permissionIds"),
});

export async function addGroup(_state: FormState<NamedValues>, form: FormData): Promise<FormState<NamedValues>> {
  const principal = await requirePermissions(access.add);
  const values = posted(form);
  try {
    await createGroup(await contextOf(principal), parseInput(groupSchema, values));
  } catch (error) {
    return formStateOf(error, values);
  }
  await setFlash({ kind: "status", key: "created", params: { name: values.name } });
  redirect(carriedBy(form, PATH).backHref);
}

export async function saveGroup(_state: FormState<NamedValues>, form: FormData): Promise<FormState<NamedValues>> {
  const principal = await requirePermissions(access.edit);
  const values = posted(form);
  const { id, version, backHref } = carriedBy(form, PATH);
  try {
    await updateGroup(await contextOf(principal), id, version, parseInput(groupSchema, values));
  } catch (error) {
    return formStateOf(error, values);
  }
  await setFlash({ kind: "status", key: "saved", params: { name: values.name } });
  redirect(backHref);
}

"use server";

import { redirect } from "next/navigation";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import type { Principal } from "@/lib/auth/principal";
import { carriedBy } from "@/lib/crud/carried";
import { isChecked, text, texts } from "@/lib/crud/form-data";
import { type FormState, formStateOf, parseInput } from "@/lib/crud/form-state";
import { setFlash } from "@/lib/flash";
import { access } from "@/lib/users/access";
import { type UserInput, userSchema } from "@/lib/users/schema";
import { createUser, updateUser } from "@/lib/users/service";

const PATH = "/admin/users";

function postedUser(form: FormData, principal: Principal): UserInput {
  // An unticked box sends nothing. For a superuser that means "no"; for others, whose form has no such box, "as it was".
  const showsSuperuser = principal.isSuperuser || isChecked(form, "isSuperuser");
  return {
    loginId: text(form, "loginId"),
    isEnabled: isChecked(form, "isEnabled"),
    disabledAt: text(form, "disabledAt"),
    ...(showsSuperuser && { isSuperuser: isChecked(form, "isSuperuser") }),
    groupIds: texts(form, "groupIds"),
    bundleIds: texts(form, "bundleIds"),
    permissionIds: texts(form, "permissionIds"),
    password: text(form, "password"),
    confirm: text(form, "confirm"),
  };
}

/** Passwords are not sent back to the browser. */
const withoutPassword = (values: UserInput): UserInput => ({ ...values, password: "", confirm: "" });

export async function addUser(_state: FormState<UserInput>, form: FormData): Promise<FormState<UserInput>> {
  const principal = await requirePermissions(access.add);
  const values = postedUser(form, principal);
  try {
    await createUser(await contextOf(principal), parseInput(userSchema, values));
  } catch (error) {
    return formStateOf(error, withoutPassword(values));
  }
  await setFlash({ kind: "status", key: "created", params: { name: values.loginId } });
  redirect(carriedBy(form, PATH).backHref);
}

export async function saveUser(_state: FormState<UserInput>, form: FormData): Promise<FormState<UserInput>> {
  const principal = await requirePermissions(access.edit);
  const values = postedUser(form, principal);
  const { id, version, backHref } = carriedBy(form, PATH);
  try {
    await updateUser(await contextOf(principal), id, version, parseInput(userSchema, values));
  } catch (error) {
    return formStateOf(error, withoutPassword(values));
  }
  await setFlash({ kind: "status", key: "saved", params: { name: values.loginId } });
  redirect(backHref);
}

"use server";

import { redirect } from "next/navigation";
import { contextOf, requireUser } from "@/lib/auth/guards";
import { dropLink, keptLink } from "@/lib/auth/link-cookie";
import { problemsOf } from "@/lib/crud/form-state";
import { setFlash } from "@/lib/flash";
import { problemTexts } from "@/lib/i18n/problem-text";
import { confirmLoginChange } from "@/lib/users/login-change";

export type ConfirmState = { error?: string };

/** Makes the address of the opened link the login of the signed-in user. */
export async function confirmEmail(_state: ConfirmState, _form: FormData): Promise<ConfirmState> {
  const principal = await requireUser();
  const link = (await keptLink()) ?? { userId: "", token: "" };
  let loginId: string;
  try {
    loginId = await confirmLoginChange(await contextOf(principal), link);
  } catch (error) {
    const { fields, problem } = problemsOf(error);
    return { error: (await problemTexts())(fields?.loginId ?? problem) };
  }
  await dropLink("confirm-login");
  await setFlash({ kind: "status", key: "loginChanged", params: { name: loginId } });
  redirect("/account");
}

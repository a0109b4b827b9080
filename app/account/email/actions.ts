"use server";

import { notFound, redirect } from "next/navigation";
import { contextOf, requireUser } from "@/lib/auth/guards";
import { requireRecentSignIn } from "@/lib/auth/recent";
import { config } from "@/lib/config/env";
import { text } from "@/lib/crud/form-data";
import { problemsOf } from "@/lib/crud/form-state";
import { setFlash } from "@/lib/flash";
import { problemTexts } from "@/lib/i18n/problem-text";
import { requestLoginChange } from "@/lib/users/login-change";
import { emailPath } from "./path";

/** What was typed, and what is wrong with it or with the whole, in sentences. */
export type EmailState = { email: string; problem?: string; error?: string };

/** Sends the link that confirms a new address. Where the sign-in is not recent any more, what was typed comes along. */
export async function changeEmail(_state: EmailState, form: FormData): Promise<EmailState> {
  const principal = await requireUser();
  if (!config().mailEnabled) notFound();
  const email = text(form, "email");
  await requireRecentSignIn(principal, emailPath(email));
  try {
    await requestLoginChange(await contextOf(principal), email);
  } catch (error) {
    const { fields, problem } = problemsOf(error);
    const sentence = await problemTexts();
    if (fields?.email) return { email, problem: sentence(fields.email) };
    return { email, ...(problem && { error: sentence(problem) }) };
  }
  await setFlash({ kind: "status", key: "accountEmailSent", params: { name: email.trim() } });
  redirect("/account");
}

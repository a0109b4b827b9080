"use server";

import { notFound, redirect } from "next/navigation";
import { anonymousContext, markPublic } from "@/lib/auth/guards";
import { mailsPasswordLinks } from "@/lib/auth/links";
import { settings } from "@/lib/config/settings";
import { text } from "@/lib/crud/form-data";
import { problemsOf } from "@/lib/crud/form-state";
import { setFlash } from "@/lib/flash";
import { problemTexts } from "@/lib/i18n/problem-text";
import { requestPasswordReset } from "@/lib/users/password-links";

markPublic("whoever forgot the password cannot sign in");

export type ForgotState = { email: string; error?: string; fieldError?: string };

/** Asks for a link to a new password. The answer is the same whether there is such an account or not. */
export async function forgotPassword(_state: ForgotState, form: FormData): Promise<ForgotState> {
  if (!mailsPasswordLinks()) notFound();
  const email = text(form, "email");
  try {
    await requestPasswordReset(await anonymousContext(), email);
  } catch (error) {
    const { fields, problem } = problemsOf(error);
    const sentence = await problemTexts();
    if (fields?.email) return { email, fieldError: sentence(fields.email) };
    return { email, error: sentence(problem) };
  }
  await setFlash({ kind: "status", key: "resetMailSent" });
  redirect(settings.landing.afterForgot);
}

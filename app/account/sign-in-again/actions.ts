"use server";

import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { failureText } from "@/app/(auth)/login/failure-text";
import { signInWithCredentials, signOutHere } from "@/lib/auth/auth";
import { requireUser } from "@/lib/auth/guards";
import { loginPath, safePath } from "@/lib/auth/redirects";
import { findPrincipal, sessionCookieName } from "@/lib/auth/session";
import { text } from "@/lib/crud/form-data";

export type SignInAgainState = { error?: string | undefined };

/** Signs the present user in once more: a new session, younger than the old one, takes its place. */
export async function signInAgain(_state: SignInAgainState, form: FormData): Promise<SignInAgainState> {
  const before = await requireUser();
  const next = safePath(text(form, "next"), "/account");
  const t = await getTranslations("login.errors");
  try {
    const outcome = await signInWithCredentials({ loginId: before.loginId, password: text(form, "password") });
    if (outcome !== "signed-in") return { error: t(outcome, { loginId: before.loginId }) };
  } catch (error) {
    return { error: await failureText(error) };
  }
  const after = await findPrincipal((await cookies()).get(sessionCookieName())?.value);
  if (after?.userId === before.userId) redirect(next);
  // The login was given to somebody else in this very moment: whoever sits here must not become them.
  await signOutHere();
  redirect(loginPath(next));
}

"use server";

import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { signInWithCredentials } from "@/lib/auth/auth";
import { markPublic } from "@/lib/auth/guards";
import { safePath } from "@/lib/auth/redirects";
import { settings } from "@/lib/config/settings";
import { text } from "@/lib/crud/form-data";
import { isUnavailable } from "@/lib/db/client";
import { setFlash } from "@/lib/flash";

markPublic("this is where people sign in");

export type LoginState = { loginId: string; error?: string | undefined };

/** Signs in, or says why not; the login id that was typed comes back, the password never does. */
export async function login(_state: LoginState, form: FormData): Promise<LoginState> {
  const loginId = text(form, "loginId");
  const t = await getTranslations("login.errors");
  try {
    const outcome = await signInWithCredentials({ loginId, password: text(form, "password") });
    if (outcome !== "signed-in") return { loginId, error: t(outcome) };
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return { loginId, error: t("unavailable") };
  }
  await setFlash({ kind: "status", key: "loginSuccessful" });
  redirect(safePath(text(form, "next"), settings.landing.afterLogin));
}

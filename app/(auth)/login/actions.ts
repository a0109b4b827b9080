"use server";

import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { signInWithCredentials } from "@/lib/auth/auth";
import { primaryAuthenticator } from "@/lib/auth/authenticators/registry";
import { anonymousContext, markPublic } from "@/lib/auth/guards";
import { rememberWay } from "@/lib/auth/last-way";
import { safePath } from "@/lib/auth/redirects";
import { settings } from "@/lib/config/settings";
import { text } from "@/lib/crud/form-data";
import { problemsOf } from "@/lib/crud/form-state";
import { Blocked, NotFound } from "@/lib/errors";
import { setFlash } from "@/lib/flash";
import { problemTexts } from "@/lib/i18n/problem-text";
import { type PasswordLink, resendByTicket, resendTicket } from "@/lib/users/password-links";
import { failureText } from "./failure-text";

markPublic("this is where people sign in");

export type LoginState = {
  loginId: string;
  error?: string | undefined;
  /** Given to whoever typed the right password of an account that is not verified. */
  ticket?: PasswordLink | undefined;
};

/** Signs in, or says why not; the login id that was typed comes back, the password never does. */
export async function login(_state: LoginState, form: FormData): Promise<LoginState> {
  const loginId = text(form, "loginId");
  const t = await getTranslations("login.errors");
  try {
    const outcome = await signInWithCredentials({ loginId, password: text(form, "password") });
    if (outcome === "unverified") {
      return {
        loginId,
        error: t("unverified", { loginId }),
        ticket: await resendTicket(await anonymousContext(), loginId),
      };
    }
    if (outcome !== "signed-in") return { loginId, error: t(outcome) };
  } catch (error) {
    return { loginId, error: await failureText(error) };
  }
  await rememberWay(primaryAuthenticator().name);
  await setFlash({ kind: "status", key: "loginSuccessful" });
  redirect(safePath(text(form, "next"), settings.landing.afterLogin));
}

export type ResendState = {
  kind?: "status" | "alert";
  message?: string;
  /** Seconds until another mail may be sent. */
  wait?: number;
  /** The one that was sent: without scripts, this answer is all that the next page knows. */
  ticket?: PasswordLink;
};

/** Sends the verification mail again, to whoever has just typed the right password. */
export async function resendVerificationMail(_state: ResendState, form: FormData): Promise<ResendState> {
  const t = await getTranslations("login.resend");
  const ticket = { userId: text(form, "userId"), token: text(form, "ticket") };
  try {
    await resendByTicket(await anonymousContext(), ticket);
    return { ticket, kind: "status", message: t("sent"), wait: settings.mail.resendAfterSeconds };
  } catch (error) {
    if (error instanceof NotFound) return { ticket, kind: "alert", message: t("expired") };
    const { problem } = problemsOf(error);
    const sentence = await problemTexts();
    return {
      ticket,
      kind: "alert",
      message: sentence(problem),
      ...(error instanceof Blocked && { wait: error.retryAfterSeconds }),
    };
  }
}

import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { passwordInputTexts } from "@/components/form/new-password-texts";
import { AuthCard } from "@/components/layout/auth-card";
import { currentPrincipal } from "@/lib/auth/current";
import { markPublic } from "@/lib/auth/guards";
import { mailsPasswordLinks } from "@/lib/auth/links";
import { safePath } from "@/lib/auth/redirects";
import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import { LoginForm } from "./login-form";

markPublic("this is where people sign in");

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("login"))("title") };
}

/** Why Auth.js sent the browser back here: a refusal of ours by its code, anything else is a fault. */
function reasonOf(error: unknown, code: unknown) {
  if (error !== "CredentialsSignin") return "unavailable";
  return code === "disabled" || code === "unverified" ? code : "invalid";
}

export default async function LoginPage({ searchParams }: PageProps<"/login">) {
  const { next, error, code } = await searchParams;
  const target = safePath(next, settings.landing.afterLogin);
  if (await currentPrincipal().catch(() => null)) redirect(target);
  const t = await getTranslations("login");
  const mode = config().LOGIN_ID;
  const texts = {
    loginId: t(mode),
    password: t("password"),
    ...(await passwordInputTexts()),
    submit: t("submit"),
    working: t("working"),
  };
  return (
    <AuthCard title={t("title")} setPreference={setPreference}>
      <LoginForm
        next={target}
        mode={mode}
        texts={texts}
        resendTexts={{ submit: t("resend.submit"), working: t("resend.working"), wait: t("resend.wait") }}
        forgot={mailsPasswordLinks() ? { href: "/forgot-password", label: t("forgot") } : undefined}
        error={error === undefined ? undefined : t(`errors.${reasonOf(error, code)}`, { loginId: "" })}
      />
    </AuthCard>
  );
}

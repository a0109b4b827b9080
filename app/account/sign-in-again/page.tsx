import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { passwordInputTexts } from "@/components/form/new-password-texts";
import { AuthCard } from "@/components/layout/auth-card";
import { requireUser } from "@/lib/auth/guards";
import { safePath } from "@/lib/auth/redirects";
import { config } from "@/lib/config/env";
import { SignInAgainForm } from "./form";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("account.signInAgain"))("title") };
}

export default async function SignInAgainPage({ searchParams }: PageProps<"/account/sign-in-again">) {
  const principal = await requireUser();
  const { next } = await searchParams;
  const t = await getTranslations("account.signInAgain");
  const tLogin = await getTranslations("login");
  const texts = {
    loginId: tLogin(config().LOGIN_ID),
    password: tLogin("password"),
    ...(await passwordInputTexts()),
    working: tLogin("working"),
    submit: t("submit"),
    cancel: t("cancel"),
  };
  return (
    <AuthCard title={t("title")} setPreference={setPreference}>
      <p className="mb-5 text-muted-foreground">{t("text")}</p>
      <SignInAgainForm next={safePath(next, "/account")} loginId={principal.loginId} texts={texts} />
    </AuthCard>
  );
}

import type { Metadata } from "next";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { ProviderButton } from "@/app/(auth)/login/provider-button";
import { setPreference } from "@/app/preferences";
import { passwordInputTexts } from "@/components/form/new-password-texts";
import { AuthCard } from "@/components/layout/auth-card";
import { buttonClass } from "@/components/ui/button";
import { contextOf, requireUser } from "@/lib/auth/guards";
import { safePath } from "@/lib/auth/redirects";
import { config } from "@/lib/config/env";
import { ownWays } from "@/lib/identities/service";
import { SignInAgainForm } from "./form";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("account.signInAgain"))("title") };
}

export default async function SignInAgainPage({ searchParams }: PageProps<"/account/sign-in-again">) {
  const principal = await requireUser();
  const next = safePath((await searchParams).next, "/account");
  const { hasForm, providers } = await ownWays(await contextOf(principal));
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
      <p className="mb-5 text-muted-foreground">{hasForm ? t("text") : t("elsewhere")}</p>
      {providers.length > 0 && (
        <div className="mb-5 grid gap-2">
          {providers.map(({ name, label }) => (
            <ProviderButton
              key={name}
              name={name}
              next={next}
              label={t("provider", { name: label })}
              purpose="again"
              variant={hasForm ? "outline" : "primary"}
            />
          ))}
        </div>
      )}
      {hasForm ? (
        <SignInAgainForm next={next} loginId={principal.loginId} texts={texts} />
      ) : (
        <Link href="/account" className={buttonClass({ variant: "ghost", className: "w-full" })}>
          {t("cancel")}
        </Link>
      )}
    </AuthCard>
  );
}

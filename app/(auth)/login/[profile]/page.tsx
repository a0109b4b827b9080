import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { ProviderButton } from "@/app/(auth)/login/provider-button";
import { setPreference } from "@/app/preferences";
import { AuthCard } from "@/components/layout/auth-card";
import { buttonClass } from "@/components/ui/button";
import { markPublic } from "@/lib/auth/guards";
import { findProfile, labelOf } from "@/lib/auth/oidc/profiles";
import { safePath, withNext } from "@/lib/auth/redirects";
import { settings } from "@/lib/config/settings";

markPublic("this is where people sign in");

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("login"))("title") };
}

/** Asks before the browser leaves: a mere link to this page could be put into any other page or mail. */
export default async function ProviderPage({ params, searchParams }: PageProps<"/login/[profile]">) {
  const profile = findProfile((await params).profile);
  if (!profile) notFound();
  const next = safePath((await searchParams).next, settings.landing.afterLogin);
  const t = await getTranslations("login");
  const name = labelOf(profile);
  return (
    <AuthCard title={t("title")} setPreference={setPreference}>
      <p className="mb-5 text-muted-foreground">{t("provider.text", { name })}</p>
      <div className="grid gap-2">
        <ProviderButton name={profile.name} next={next} label={t("provider.submit", { name })} variant="primary" />
        <Link
          href={withNext("/login", next, settings.landing.afterLogin)}
          className={buttonClass({ variant: "ghost" })}
        >
          {t("provider.otherWays")}
        </Link>
      </div>
    </AuthCard>
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { AppShell } from "@/components/layout/app-shell";
import { PageHeader } from "@/components/layout/page-header";
import { ownTokens } from "@/lib/access-tokens/service";
import { contextOf, requireUser } from "@/lib/auth/guards";
import { ownIdentities, ownProviders } from "@/lib/identities/service";
import { ownSessions } from "@/lib/sessions/service";
import { hasOwnPassword } from "@/lib/users/own-password";
import { IdentitiesCard } from "./identities-card";
import { PasswordCard } from "./password-card";
import { PreferencesCard } from "./preferences-card";
import { ProfileCard } from "./profile-card";
import { SessionsCard } from "./sessions-card";
import { TokensCard } from "./tokens-card";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("account"))("title") };
}

export default async function AccountPage() {
  const principal = await requireUser();
  const ctx = await contextOf(principal);
  const [hasPassword, identities, { sessions, more }, tokens] = await Promise.all([
    hasOwnPassword(ctx),
    ownIdentities(ctx),
    ownSessions(ctx),
    ownTokens(ctx),
  ]);
  const t = await getTranslations("account");
  return (
    <AppShell principal={principal} here="/account" setPreference={setPreference}>
      <PageHeader title={t("title")} intro={t("intro")} />
      <div className="grid max-w-3xl gap-5">
        <ProfileCard loginId={principal.loginId} />
        <PasswordCard loginId={principal.loginId} hasPassword={hasPassword} />
        <IdentitiesCard identities={identities} providers={ownProviders(ctx)} />
        <SessionsCard sessions={sessions} more={more} />
        <TokensCard tokens={tokens} />
        <PreferencesCard />
      </div>
    </AppShell>
  );
}

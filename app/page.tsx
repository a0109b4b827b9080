import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { AppShell } from "@/components/layout/app-shell";
import { menuFor } from "@/components/layout/menu";
import { PageHeader } from "@/components/layout/page-header";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { currentPrincipal } from "@/lib/auth/current";
import { markPublic } from "@/lib/auth/guards";
import { settings } from "@/lib/config/settings";
import { setPreference } from "./preferences";

markPublic("the start page greets everybody and shows each only what they may open");

export default async function HomePage() {
  const principal = await currentPrincipal();
  const t = await getTranslations("home");
  const tMenu = await getTranslations("menu");
  const tLogin = await getTranslations("login");
  const entries = menuFor(principal).filter(({ label }) => label !== "home");
  return (
    <AppShell principal={principal} here="/" setPreference={setPreference}>
      {principal ? (
        <PageHeader
          title={t("welcome", { name: principal.loginId })}
          intro={entries.length > 0 ? t("intro") : t("nothing")}
        />
      ) : (
        <PageHeader title={t("anonymousTitle", { name: settings.siteName })} intro={t("anonymousText")}>
          <Link href="/login" className={buttonClass()}>
            {tLogin("title")}
          </Link>
        </PageHeader>
      )}
      <ul className="grid gap-4 sm:grid-cols-2">
        {entries.map(({ path, label, icon: Icon }) => (
          <li key={path}>
            <Link href={path} className="block h-full rounded-lg">
              <Card className="flex h-full gap-4 p-5 transition-colors hover:border-primary/60">
                <Icon className="mt-0.5 size-5 shrink-0 text-primary" aria-hidden />
                <div>
                  <h2 className="font-medium">{tMenu(label)}</h2>
                  {label !== "home" && <p className="mt-1 text-sm text-muted-foreground">{t(`cards.${label}`)}</p>}
                </div>
              </Card>
            </Link>
          </li>
        ))}
      </ul>
    </AppShell>
  );
}

import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { AppShell } from "@/components/layout/app-shell";
import { PageHeader } from "@/components/layout/page-header";
import { Card } from "@/components/ui/card";
import { requireUser } from "@/lib/auth/guards";
import { requireRecentSignIn } from "@/lib/auth/recent";
import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import { TokenForm } from "./form";
import { tokensPath } from "./path";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("account.newToken"))("title") };
}

export default async function NewTokenPage({ searchParams }: PageProps<"/account/tokens">) {
  const principal = await requireUser();
  const { name } = await searchParams;
  const typed = typeof name === "string" ? name : "";
  await requireRecentSignIn(principal, tokensPath(typed));
  const t = await getTranslations("account.newToken");
  const lifetimes = [
    { days: "", label: t("minutes", { count: config().ACCESS_TOKEN_EXPIRE_MINS }) },
    ...settings.accessTokens.lifetimeDays.map((days) => ({ days: String(days), label: t("days", { count: days }) })),
  ];
  const texts = {
    name: t("name"),
    nameHint: t("nameHint"),
    days: t("lifetime"),
    submit: t("submit"),
    working: t("working"),
    cancel: t("cancel"),
    once: t("once"),
    token: t("token"),
    copy: t("copy"),
    copied: t("copied"),
    done: t("done"),
  };
  return (
    <AppShell principal={principal} here="/account" setPreference={setPreference}>
      <PageHeader title={t("title")} intro={t("text")} />
      <Card className="max-w-xl p-5 md:p-6">
        <TokenForm typedName={typed} lifetimes={lifetimes} texts={texts} />
      </Card>
    </AppShell>
  );
}

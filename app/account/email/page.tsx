import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { AppShell } from "@/components/layout/app-shell";
import { PageHeader } from "@/components/layout/page-header";
import { Card } from "@/components/ui/card";
import { requireUser } from "@/lib/auth/guards";
import { requireRecentSignIn } from "@/lib/auth/recent";
import { config } from "@/lib/config/env";
import { EmailForm } from "./form";
import { emailPath } from "./path";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("account.email"))("title") };
}

export default async function EmailPage({ searchParams }: PageProps<"/account/email">) {
  const principal = await requireUser();
  if (!config().mailEnabled) notFound();
  const { email } = await searchParams;
  const typed = typeof email === "string" ? email : "";
  await requireRecentSignIn(principal, emailPath(typed));
  const t = await getTranslations("account.email");
  const texts = { email: t("email"), submit: t("submit"), working: t("working"), cancel: t("cancel") };
  return (
    <AppShell principal={principal} here="/account" setPreference={setPreference}>
      <PageHeader title={t("title")} intro={t("text")} />
      <Card className="grid max-w-xl gap-5 p-5 md:p-6">
        <dl>
          <dt className="text-sm text-muted-foreground">{t("present")}</dt>
          <dd className="font-medium break-all">{principal.loginId}</dd>
        </dl>
        <EmailForm typed={typed} texts={texts} />
      </Card>
    </AppShell>
  );
}

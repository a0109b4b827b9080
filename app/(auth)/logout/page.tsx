import type { Metadata } from "next";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { AuthCard } from "@/components/layout/auth-card";
import { Button, buttonClass } from "@/components/ui/button";
import { markPublic } from "@/lib/auth/guards";

markPublic("signing out harms nobody");

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("logout"))("title") };
}

/** Signing out takes a press of a button: a mere link could be put into any page or mail. */
export default async function LogoutPage() {
  const t = await getTranslations("logout");
  return (
    <AuthCard title={t("title")} setPreference={setPreference}>
      <p className="mb-5 text-muted-foreground">{t("text")}</p>
      <form method="post" action="/logout" className="grid gap-2">
        <Button type="submit">{t("submit")}</Button>
        <Link href="/" className={buttonClass({ variant: "ghost" })}>
          {t("cancel")}
        </Link>
      </form>
    </AuthCard>
  );
}

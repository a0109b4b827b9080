import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { AuthCard } from "@/components/layout/auth-card";
import { markPublic } from "@/lib/auth/guards";
import { mailsPasswordLinks } from "@/lib/auth/links";
import { ForgotForm } from "./forgot-form";

markPublic("whoever forgot the password cannot sign in");

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("forgotPassword"))("title") };
}

export default async function ForgotPasswordPage({ searchParams }: PageProps<"/forgot-password">) {
  if (!mailsPasswordLinks()) notFound();
  const { link } = await searchParams;
  const t = await getTranslations("forgotPassword");
  const texts = { email: t("email"), submit: t("submit"), working: t("working"), cancel: t("cancel") };
  return (
    <AuthCard title={t("title")} setPreference={setPreference}>
      <p className="mb-5 text-sm text-muted-foreground">{t("text")}</p>
      <ForgotForm texts={texts} notice={link === "invalid" ? t("linkInvalid") : undefined} />
    </AuthCard>
  );
}

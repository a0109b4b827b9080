import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { AuthCard } from "@/components/layout/auth-card";
import { Alert } from "@/components/ui/alert";
import { buttonClass } from "@/components/ui/button";
import { contextOf, requireUser } from "@/lib/auth/guards";
import { keptLink } from "@/lib/auth/link-cookie";
import { readLoginChange } from "@/lib/users/login-change";
import { ConfirmForm } from "./confirm-form";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("confirmEmail"))("title") };
}

/** Asks once more before the login changes; only its owner, signed in, gets to see the question. */
export default async function ConfirmEmailPage() {
  const principal = await requireUser();
  const link = await keptLink();
  const newLoginId = link && (await readLoginChange(await contextOf(principal), link));
  const t = await getTranslations("confirmEmail");
  return (
    <AuthCard title={t("title")} setPreference={setPreference}>
      {newLoginId ? (
        <>
          <p className="mb-5 break-words text-muted-foreground">
            {t("text", { oldLoginId: principal.loginId, newLoginId })}
          </p>
          <ConfirmForm texts={{ submit: t("submit"), working: t("working"), cancel: t("cancel") }} />
        </>
      ) : (
        <div className="grid gap-4">
          <Alert kind="alert">{t("invalid")}</Alert>
          <a href="/account" className={buttonClass({ variant: "outline" })}>
            {t("toAccount")}
          </a>
        </div>
      )}
    </AuthCard>
  );
}

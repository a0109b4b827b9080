import { getTranslations } from "next-intl/server";
import { FormSection } from "@/components/form/form-section";
import { newPasswordTexts } from "@/components/form/new-password-texts";
import { PasswordForm } from "./password-form";

export async function PasswordCard({ loginId, hasPassword }: { loginId: string; hasPassword: boolean }) {
  const t = await getTranslations("account.password");
  if (!hasPassword) {
    return (
      <FormSection title={t("title")}>
        <p className="text-sm text-muted-foreground">{t("none")}</p>
      </FormSection>
    );
  }
  const texts = { currentPassword: t("currentPassword"), submit: t("submit"), working: t("working") };
  return (
    <FormSection title={t("title")} text={t("text")}>
      <PasswordForm
        loginId={loginId}
        texts={{ ...texts, show: t("showCurrent"), hide: t("hideCurrent") }}
        passwordTexts={await newPasswordTexts()}
      />
    </FormSection>
  );
}

import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { newPasswordTexts } from "@/components/form/new-password-texts";
import { AuthCard } from "@/components/layout/auth-card";
import { anonymousContext } from "@/lib/auth/guards";
import { keptLink } from "@/lib/auth/link-cookie";
import { type PasswordLinkPurpose, readPasswordLink } from "@/lib/users/password-links";
import { leaveInvalidLink } from "./invalid";
import { SetPasswordForm } from "./set-password-form";

/** The words of the page behind a link. */
export async function passwordLinkTexts(purpose: PasswordLinkPurpose) {
  return purpose === "verify" ? getTranslations("verifyAccount") : getTranslations("resetPassword");
}

/** The form for a new password, for whoever has opened a good link. */
export async function PasswordLinkScreen({ purpose }: { purpose: PasswordLinkPurpose }) {
  const link = await keptLink();
  const owner = link && (await readPasswordLink(await anonymousContext(), purpose, link));
  if (!owner) leaveInvalidLink();
  const t = await passwordLinkTexts(purpose);
  return (
    <AuthCard title={t("title")} setPreference={setPreference}>
      <p className="mb-5 text-sm break-words text-muted-foreground">{t("text", { loginId: owner.loginId })}</p>
      <SetPasswordForm
        purpose={purpose}
        loginId={owner.loginId}
        texts={{ submit: t("submit"), working: t("working"), cancel: t("cancel") }}
        passwordTexts={await newPasswordTexts()}
      />
    </AuthCard>
  );
}

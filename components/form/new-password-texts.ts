import { getTranslations } from "next-intl/server";
import type { PasswordInputTexts } from "@/components/ui/password-input";
import { PASSWORD_MAX_BYTES } from "@/lib/auth/password";
import { config } from "@/lib/config/env";
import type { NewPasswordTexts } from "./new-password-fields";

/** What every password field says, for the client components of pages without messages of their own. */
export async function passwordInputTexts(): Promise<PasswordInputTexts> {
  const t = await getTranslations("password");
  return { show: t("show"), hide: t("hide"), capsLock: t("capsLock") };
}

/** What `NewPasswordFields` says and asks for. */
export async function newPasswordTexts(): Promise<NewPasswordTexts> {
  const t = await getTranslations("password");
  const minLength = config().PASSWORD_MIN_LENGTH;
  return {
    ...(await passwordInputTexts()),
    password: t("password"),
    confirm: t("confirm"),
    hint: t("hint", { min: minLength }),
    showConfirm: t("showConfirm"),
    hideConfirm: t("hideConfirm"),
    weak: t("strength.weak"),
    fair: t("strength.fair"),
    strong: t("strength.strong"),
    // Made-up passwords are ASCII, in which a character is a byte.
    rules: `minlength: ${minLength}; maxlength: ${PASSWORD_MAX_BYTES};`,
    minLength,
  };
}

import { getTranslations } from "next-intl/server";
import type { FieldWords } from "@/app/admin/_screens/form";
import { config } from "@/lib/config/env";

/** What the form of a user says depends on how people log in, and on whether there is mail. */
export async function userWords(record: "new" | "existing"): Promise<FieldWords> {
  const { LOGIN_ID, mailEnabled, OIDC_PROFILES, PASSWORD_MIN_LENGTH } = config();
  const t = await getTranslations("users");
  // Whether people of a provider's domain need one is known only when the login id is.
  const mayLogInElsewhere = OIDC_PROFILES.some(({ domainFilter }) => domainFilter.length > 0);
  const needsPassword = record === "new" && !mailEnabled && !mayLogInElsewhere;
  const newHint = needsPassword ? t("hints.passwordRequired", { min: PASSWORD_MIN_LENGTH }) : t("hints.passwordNew");
  return {
    loginId: { inputMode: LOGIN_ID === "email" ? "email" : "text" },
    password: { hint: record === "new" ? newHint : t("hints.passwordKeep"), isRequired: needsPassword },
    confirm: { isRequired: needsPassword },
  };
}

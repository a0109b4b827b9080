import { cookies } from "next/headers";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { FormSection } from "@/components/form/form-section";
import { LanguageSwitch, ThemeSwitch } from "@/components/layout/preferences";
import { themeCookieName, themeOf } from "@/lib/theme";

export async function PreferencesCard() {
  const t = await getTranslations("account.preferences");
  const theme = themeOf((await cookies()).get(themeCookieName())?.value);
  return (
    <FormSection title={t("title")}>
      <div>
        <p className="mb-1 text-sm text-muted-foreground">{t("language")}</p>
        <LanguageSwitch action={setPreference} />
      </div>
      <div>
        <p className="mb-1 text-sm text-muted-foreground">{t("theme")}</p>
        <ThemeSwitch action={setPreference} theme={theme} />
      </div>
    </FormSection>
  );
}

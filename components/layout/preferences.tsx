import { useLocale, useTranslations } from "next-intl";
import { cn } from "@/components/ui/cn";
import { type Locale, languages } from "@/lib/i18n/locales";
import { type Theme, themes } from "@/lib/theme";

export type PreferenceAction = (form: FormData) => Promise<void>;

type Choice = { value: string; label: string; lang?: string };

/** One press, one post: works without scripts. */
function Choices({
  title,
  name,
  choices,
  current,
  action,
}: {
  title: string;
  name: "locale" | "theme";
  choices: Choice[];
  current: string;
  action: PreferenceAction;
}) {
  return (
    <form action={action}>
      <fieldset className="flex flex-wrap items-center gap-1">
        <legend className="sr-only">{title}</legend>
        {choices.map(({ value, label, lang }) => (
          <button
            key={value}
            type="submit"
            name={name}
            value={value}
            lang={lang}
            aria-pressed={value === current}
            className={cn(
              "min-h-8 rounded-md px-2.5 text-sm",
              value === current ? "bg-primary-soft font-medium text-primary" : "text-muted-foreground hover:bg-muted",
            )}
          >
            {label}
          </button>
        ))}
      </fieldset>
    </form>
  );
}

export function LanguageSwitch({ action }: { action: PreferenceAction }) {
  const t = useTranslations("userMenu");
  const locale = useLocale();
  const choices = (Object.keys(languages) as Locale[]).map((code) => ({
    value: code,
    label: languages[code],
    lang: code,
  }));
  return <Choices title={t("language")} name="locale" choices={choices} current={locale} action={action} />;
}

export function ThemeSwitch({ action, theme }: { action: PreferenceAction; theme: Theme }) {
  const t = useTranslations("userMenu");
  const choices = themes.map((value) => ({ value, label: t(`themes.${value}`) }));
  return <Choices title={t("theme")} name="theme" choices={choices} current={theme} action={action} />;
}

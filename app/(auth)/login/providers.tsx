import { getTranslations } from "next-intl/server";
import { lastWay } from "@/lib/auth/last-way";
import { labelOf } from "@/lib/auth/oidc/profiles";
import { config } from "@/lib/config/env";
import { ProviderButton } from "./provider-button";

/** The identity providers beside the form, with a word at the one that was used last in this browser. */
export async function Providers({ next }: { next: string }) {
  const { OIDC_PROFILES } = config();
  if (OIDC_PROFILES.length === 0) return null;
  const t = await getTranslations("login.provider");
  const last = await lastWay();
  return (
    <section aria-label={t("heading")} className="mt-6 grid gap-2">
      <p className="mb-2 flex items-center gap-3 text-sm text-muted-foreground before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
        {t("or")}
      </p>
      {OIDC_PROFILES.map((profile) => (
        <ProviderButton
          key={profile.name}
          name={profile.name}
          next={next}
          label={t("submit", { name: labelOf(profile) })}
          note={profile.name === last ? t("lastUsed") : undefined}
        />
      ))}
    </section>
  );
}

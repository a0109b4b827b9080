import { getTranslations } from "next-intl/server";
import { AppShell } from "@/components/layout/app-shell";
import { MessagePage } from "@/components/layout/message-page";
import { currentPrincipal } from "@/lib/auth/current";
import { setPreference } from "./preferences";

export default async function NotFound() {
  const t = await getTranslations("errorPages");
  const tApp = await getTranslations("app");
  return (
    <AppShell principal={await currentPrincipal()} here="" setPreference={setPreference}>
      <MessagePage title={t("notFoundTitle")} text={t("notFoundText")} link={{ href: "/", label: tApp("backHome") }} />
    </AppShell>
  );
}

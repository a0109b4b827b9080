import { getTranslations } from "next-intl/server";
import { AppShell } from "@/components/layout/app-shell";
import { MessagePage } from "@/components/layout/message-page";
import { currentPrincipal } from "@/lib/auth/current";
import { setPreference } from "./preferences";

export default async function Unauthorized() {
  const t = await getTranslations("errorPages");
  const tLogin = await getTranslations("login");
  return (
    <AppShell principal={await currentPrincipal()} here="" setPreference={setPreference}>
      <MessagePage
        title={t("unauthorizedTitle")}
        text={t("unauthorizedText")}
        link={{ href: "/login", label: tLogin("title") }}
      />
    </AppShell>
  );
}

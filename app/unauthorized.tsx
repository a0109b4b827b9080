import { getTranslations } from "next-intl/server";
import { Notice } from "@/components/layout/notice";

export default async function Unauthorized() {
  const t = await getTranslations("errorPages");
  const tLink = await getTranslations("login");
  return (
    <Notice
      title={t("unauthorizedTitle")}
      text={t("unauthorizedText")}
      link={{ href: "/login", label: tLink("title") }}
    />
  );
}

import { getTranslations } from "next-intl/server";
import { Notice } from "@/components/layout/notice";

export default async function Forbidden() {
  const t = await getTranslations("errorPages");
  const tLink = await getTranslations("app");
  return (
    <Notice title={t("forbiddenTitle")} text={t("forbiddenText")} link={{ href: "/", label: tLink("backHome") }} />
  );
}

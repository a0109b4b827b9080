import { getTranslations } from "next-intl/server";
import { Notice } from "@/components/layout/notice";

export default async function NotFound() {
  const t = await getTranslations("errorPages");
  const tLink = await getTranslations("app");
  return <Notice title={t("notFoundTitle")} text={t("notFoundText")} link={{ href: "/", label: tLink("backHome") }} />;
}

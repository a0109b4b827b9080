"use client";

import { useTranslations } from "next-intl";
import { ErrorMessage } from "@/components/layout/error-message";

export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  const t = useTranslations("app");
  const texts = { title: t("loadingFailed"), text: t("loadingFailedText"), retry: t("retry") };
  return <ErrorMessage texts={texts} retry={reset} />;
}

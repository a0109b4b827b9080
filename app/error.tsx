"use client";

import { ErrorMessage } from "@/components/layout/error-message";
import { useErrorTexts } from "@/components/layout/error-texts";

export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return <ErrorMessage texts={useErrorTexts()} retry={reset} />;
}

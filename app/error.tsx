"use client";

import { useRouter } from "next/navigation";
import { startTransition } from "react";
import { ErrorMessage } from "@/components/layout/error-message";
import { useErrorTexts } from "@/components/layout/error-texts";

export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  const router = useRouter();
  // Resetting alone would show the same failed answer again.
  const retry = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  return <ErrorMessage texts={useErrorTexts()} retry={retry} />;
}

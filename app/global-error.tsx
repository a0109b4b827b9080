"use client";

import { ErrorMessage } from "@/components/layout/error-message";
import "./globals.css";

/** The root layout itself failed, and with it the translations. */
const texts = {
  title: "Something went wrong",
  text: "The page could not be shown. Your data is safe. Try again in a moment.",
  retry: "Try again",
};

export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <ErrorMessage texts={texts} retry={reset} />
      </body>
    </html>
  );
}

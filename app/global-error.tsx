"use client";

import { ErrorMessage } from "@/components/layout/error-message";
import { useErrorTexts } from "@/components/layout/error-texts";
import "./globals.css";

/** The root layout itself failed, and with it the translations: the texts are the built-in ones. */
export default function GlobalError() {
  return (
    <html lang="en">
      <body>
        <ErrorMessage texts={useErrorTexts()} retry={() => location.reload()} />
      </body>
    </html>
  );
}

"use client";

import { createContext, type ReactNode, useContext } from "react";
import type { ErrorTexts } from "./error-message";

const Texts = createContext<ErrorTexts>({
  title: "Something went wrong",
  text: "The page could not be shown. Your data is safe. Try again in a moment.",
  retry: "Try again",
});

/**
 * Hands the error page its few words from the layout. The translation library would be 12 KB on every page, the login
 * page included, for three sentences.
 */
export function ErrorTextsProvider({ texts, children }: { texts: ErrorTexts; children: ReactNode }) {
  return <Texts value={texts}>{children}</Texts>;
}

export const useErrorTexts = (): ErrorTexts => useContext(Texts);

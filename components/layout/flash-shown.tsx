"use client";

import { useEffect } from "react";

/** Drops the cookie of a message that is on the screen; without scripts the middleware does so. */
export function FlashShown({ cookie }: { cookie: string }) {
  useEffect(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet.
    document.cookie = `${cookie}=; path=/; max-age=0; samesite=lax`;
  }, [cookie]);
  return null;
}

"use client";

import { useEffect } from "react";

/** Drops the cookie of a message that is on the screen; without scripts the middleware does so. */
export function FlashShown({ dropped }: { dropped: string }) {
  useEffect(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet.
    document.cookie = dropped;
  }, [dropped]);
  return null;
}

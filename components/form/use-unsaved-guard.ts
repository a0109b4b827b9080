"use client";

import { useTranslations } from "next-intl";
import { useEffect } from "react";

/** The link that a click is about to follow within this tab; none for downloads, new tabs and jumps on the page. */
function followedLink(event: MouseEvent): HTMLAnchorElement | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link?.href || link.target === "_blank" || link.hasAttribute("download")) return null;
  const { pathname, search } = window.location;
  return link.pathname === pathname && link.search === search ? null : link;
}

/** Asks before what was typed is left behind: by a link, by closing the tab, or by reloading. */
export function useUnsavedGuard(isDirty: boolean): void {
  const question = useTranslations("form")("leave");
  useEffect(() => {
    if (!isDirty) return;
    const onClick = (event: MouseEvent) => {
      if (!followedLink(event) || window.confirm(question)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    // Capturing: before the router sees the click.
    document.addEventListener("click", onClick, true);
    window.addEventListener("beforeunload", onUnload);
    return () => {
      document.removeEventListener("click", onClick, true);
      window.removeEventListener("beforeunload", onUnload);
    };
  }, [isDirty, question]);
}

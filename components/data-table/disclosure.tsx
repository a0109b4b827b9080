"use client";

import type { LucideIcon } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";

type DisclosureProps = { icon: LucideIcon; label: string; children: ReactNode };

/** A button that opens a small panel below itself: works without scripts; with them, Escape and a click outside close it. */
export function Disclosure({ icon: Icon, label, children }: DisclosureProps) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const panel = details.current;
      if (!panel?.open) return;
      const isEscape = event instanceof KeyboardEvent && event.key === "Escape";
      const isOutside = event.type === "pointerdown" && event.target instanceof Node && !panel.contains(event.target);
      if (!isEscape && !isOutside) return;
      panel.open = false;
      if (isEscape) panel.querySelector("summary")?.focus();
    };
    document.addEventListener("keydown", close);
    document.addEventListener("pointerdown", close);
    return () => {
      document.removeEventListener("keydown", close);
      document.removeEventListener("pointerdown", close);
    };
  }, []);
  return (
    <details ref={details} className="relative">
      <summary className="inline-flex min-h-9 list-none items-center gap-2 rounded-md border border-input bg-card px-2.5 text-sm font-medium hover:bg-muted [&::-webkit-details-marker]:hidden">
        <Icon className="size-4" aria-hidden />
        <span className="max-sm:sr-only">{label}</span>
      </summary>
      <div className="absolute right-0 z-30 mt-1 w-64 rounded-md border bg-card p-2 shadow-lg">{children}</div>
    </details>
  );
}

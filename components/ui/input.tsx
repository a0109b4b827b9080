import type { ComponentProps } from "react";
import { cn } from "./cn";

/** Shared by everything that looks like a text field; 16 px on phones, or iOS zooms in. The width is up to the user of it. */
export const fieldClass =
  "min-h-9 rounded-md border border-input bg-card px-3 py-1.5 text-base text-foreground placeholder:text-muted-foreground disabled:opacity-60 aria-invalid:border-destructive md:text-sm";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(fieldClass, "w-full", className)} {...props} />;
}

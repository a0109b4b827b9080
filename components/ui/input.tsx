import type { ComponentProps } from "react";
import { cn } from "./cn";

/** Shared by everything that looks like a text field; 16 px on phones, or iOS zooms in. */
export const fieldClass =
  "min-h-9 w-full rounded-md border border-input bg-card px-3 py-1.5 text-base text-foreground placeholder:text-muted-foreground disabled:opacity-60 aria-invalid:border-destructive md:text-sm";

export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input className={cn(fieldClass, className)} {...props} />;
}

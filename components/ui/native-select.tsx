import type { ComponentProps } from "react";
import { cn } from "./cn";
import { fieldClass } from "./input";

/** The browser's own select: works without scripts and feels right on a phone. */
export function NativeSelect({ className, ...props }: ComponentProps<"select">) {
  return <select className={cn(fieldClass, "pr-8", className)} {...props} />;
}

import type { ComponentProps } from "react";
import { cn } from "./cn";

const tones = {
  neutral: "bg-muted text-muted-foreground",
  good: "bg-success-soft text-success",
  bad: "bg-destructive-soft text-destructive",
  accent: "bg-primary-soft text-primary",
};

export function Badge({
  tone = "neutral",
  className,
  ...props
}: ComponentProps<"span"> & { tone?: keyof typeof tones }) {
  return (
    <span
      className={cn("inline-flex items-center rounded px-1.5 py-0.5 text-xs font-medium", tones[tone], className)}
      {...props}
    />
  );
}

import type { ReactNode } from "react";
import { cn } from "./cn";

const looks = {
  alert: "border-destructive/40 bg-destructive-soft text-destructive",
  status: "border-success/40 bg-success-soft text-success",
};

/** Errors are announced at once (`alert`), confirmations when there is a pause (`status`). */
export function Alert({
  kind,
  children,
  className,
}: {
  kind: keyof typeof looks;
  children: ReactNode;
  className?: string;
}) {
  return (
    <div role={kind} className={cn("rounded-md border px-3.5 py-2.5 text-sm", looks[kind], className)}>
      {children}
    </div>
  );
}

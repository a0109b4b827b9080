import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";

export function FormSection({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <Card className="p-5 md:p-6">
      <h2 className="font-semibold">{title}</h2>
      {text && <p className="mt-1 text-sm text-muted-foreground">{text}</p>}
      <div className="mt-5 grid gap-5">{children}</div>
    </Card>
  );
}

import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { Brand } from "./brand";
import { Flash } from "./flash";
import { LanguageSwitch, type PreferenceAction } from "./preferences";

/** The frame of the pages around signing in: one card, no menu, next to no scripts. */
export function AuthCard({
  title,
  setPreference,
  children,
}: {
  title: string;
  setPreference: PreferenceAction;
  children: ReactNode;
}) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center px-4 py-10">
      <div className="mb-6 flex justify-center text-lg">
        {/* A plain link: the router's would be more script than the rest of this page. */}
        <a href="/">
          <Brand />
        </a>
      </div>
      <Flash />
      <Card className="p-6">
        <h1 className="mb-5 text-xl font-semibold tracking-tight">{title}</h1>
        {children}
      </Card>
      <div className="mt-5 flex justify-center">
        <LanguageSwitch action={setPreference} />
      </div>
    </main>
  );
}

import type { ReactNode } from "react";
import { AppShell } from "@/components/layout/app-shell";
import { ClientTexts } from "@/components/layout/client-texts";
import { PageHeader } from "@/components/layout/page-header";
import type { PreferenceAction } from "@/components/layout/preferences";
import type { Principal } from "@/lib/auth/principal";
import type { Messages } from "@/lib/i18n/locales";

type FormPageProps = {
  principal: Principal;
  setPreference: PreferenceAction;
  /** The menu entry that the page belongs to. */
  here: string;
  title: string;
  /** The pages of the record, above the form. */
  tabs?: ReactNode;
  /** Parts of the messages that the form needs besides the usual ones. */
  texts?: (keyof Messages)[];
  children: ReactNode;
};

/** The page around a form: frame, heading and the texts that forms need in the browser. */
export function FormPage({ principal, setPreference, here, title, tabs, texts = [], children }: FormPageProps) {
  return (
    <AppShell principal={principal} here={here} setPreference={setPreference}>
      <PageHeader title={title} />
      {tabs}
      <ClientTexts parts={["form", "errors", "list", ...texts]}>{children}</ClientTexts>
    </AppShell>
  );
}

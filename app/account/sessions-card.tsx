import { getTranslations } from "next-intl/server";
import { FormSection } from "@/components/form/form-section";
import { Button } from "@/components/ui/button";
import type { OwnSession } from "@/lib/sessions/service";
import { endOthers } from "./actions";
import { SessionItem } from "./session-item";

type SessionsCardProps = {
  sessions: OwnSession[];
  /** How many there are besides. */
  more: number;
};

export async function SessionsCard({ sessions, more }: SessionsCardProps) {
  const t = await getTranslations("account.sessions");
  return (
    <FormSection title={t("title")} text={t("text")}>
      <ul className="divide-y">
        {sessions.map((session) => (
          <SessionItem key={session.id} session={session} />
        ))}
      </ul>
      {more > 0 && <p className="text-sm text-muted-foreground">{t("more", { count: more })}</p>}
      {sessions.some(({ isCurrent }) => !isCurrent) && (
        <form action={endOthers}>
          <Button type="submit" variant="outline">
            {t("endOthers")}
          </Button>
        </form>
      )}
    </FormSection>
  );
}

import { useFormatter, useTranslations } from "next-intl";
import { useWayName } from "@/components/access/way-name";
import { Cell, DATE_TIME } from "@/components/data-table/cell";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { deviceOf } from "@/lib/sessions/device";
import type { OwnSession } from "@/lib/sessions/service";
import { endSession } from "./actions";

/** "Chrome on Windows", as far as it is known. */
function useDeviceName(userAgent: string | null): string {
  const t = useTranslations("account.sessions");
  const { browser, system } = deviceOf(userAgent);
  if (browser && system) return t("device", { browser, system });
  return browser ?? system ?? t("unknown");
}

export function SessionItem({ session }: { session: OwnSession }) {
  const t = useTranslations("account.sessions");
  const format = useFormatter();
  const { id, isCurrent, ip, signedInAt, lastSeenAt } = session;
  const device = useDeviceName(session.userAgent);
  const way = useWayName()(session.provider);
  const facts = [
    { name: "address", kind: "code", value: ip },
    { name: "way", kind: "text", value: way },
    { name: "signedInAt", kind: "dateTime", value: signedInAt },
    { name: "lastSeenAt", kind: "dateTime", value: lastSeenAt },
  ] as const;
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 py-4 first:pt-0 last:pb-0">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {device}
          {isCurrent && <Badge tone="accent">{t("current")}</Badge>}
        </p>
        <dl className="mt-1.5 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-sm">
          {facts.map(({ name, kind, value }) => (
            <div key={name} className="contents">
              <dt className="text-muted-foreground">{t(name)}</dt>
              <dd className="min-w-0 break-words">
                <Cell kind={kind} value={value} />
              </dd>
            </div>
          ))}
        </dl>
      </div>
      {!isCurrent && (
        <form action={endSession}>
          <input type="hidden" name="sessionId" value={id} />
          <Button
            type="submit"
            variant="outline"
            aria-label={t("endNamed", { device, time: format.dateTime(signedInAt, DATE_TIME) })}
          >
            {t("end")}
          </Button>
        </form>
      )}
    </li>
  );
}

import { Globe, ScrollText, UserRound } from "lucide-react";
import Link from "next/link";
import { getFormatter, getTranslations } from "next-intl/server";
import { unlockOne } from "@/app/admin/locks/actions";
import { UnlockButton } from "@/app/admin/locks/unlock-button";
import { DATE_TIME } from "@/components/data-table/cell";
import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { attemptsPath } from "@/lib/attempts/path";
import type { Context } from "@/lib/context";
import { listRows } from "@/lib/crud/list";
import { lockEntity } from "@/lib/locks/entity";
import type { Lock } from "@/lib/locks/service";

/** More are on a page of their own. */
const SHOWN = 10;

const ICONS = { account: UserRound, address: Globe } as const;

async function LockItem({ lock, from }: { lock: Lock; from: string }) {
  const { id, scope, type, key, lockedUntil } = lock;
  const t = await getTranslations("locks");
  const time = (await getFormatter()).dateTime(lockedUntil, DATE_TIME);
  const Icon = ICONS[scope];
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 py-2 last:border-b-0">
      <div className="flex min-w-0 flex-1 basis-64 items-start gap-3">
        <Icon className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-hidden />
        <div className="min-w-0 text-sm">
          <p className="font-medium break-all">{key}</p>
          <p className="text-muted-foreground">
            {t(`choices.scope.${scope}`)} · {t(`choices.type.${type}`)} ·{" "}
            <time dateTime={lockedUntil.toISOString()} className="tabular-nums">
              {t("now.until", { time })}
            </time>
          </p>
        </div>
      </div>
      <div className="flex gap-1 max-sm:-ml-2.5">
        <Link
          href={attemptsPath(scope, key)}
          prefetch={false}
          aria-label={t("now.attemptsNamed", { name: key })}
          className={buttonClass({ variant: "ghost", size: "compact" })}
        >
          <ScrollText aria-hidden />
          {t("now.attempts")}
        </Link>
        <UnlockButton
          id={id}
          label={t("unlock")}
          name={t("unlockNamed", { name: key, type: t(`choices.type.${type}`) })}
          from={from}
          action={unlockOne}
        />
      </div>
    </li>
  );
}

/** The newest locks, to see at a glance whether somebody is shut out, and to let them in again. */
export async function LockedNow({ ctx, from }: { ctx: Context; from: string }) {
  const t = await getTranslations("locks.now");
  const query = { q: "", sort: [], page: 1, size: SHOWN, filters: {} };
  const { items, total, totalIsEstimate } = await listRows(ctx, lockEntity, query, []);
  return (
    <section aria-labelledby="locked-now" className="mb-8">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h2 id="locked-now" className="font-semibold">
          {t("title")}
        </h2>
        {total > 0 && <Badge tone="bad">{total}</Badge>}
        {total > SHOWN && (
          <Link href="/admin/locks" className="ml-auto text-sm font-medium text-primary hover:underline">
            {totalIsEstimate ? t("allAbout", { total }) : t("all", { total })}
          </Link>
        )}
      </div>
      {items.length === 0 ? (
        <p className="text-sm text-muted-foreground">{t("none")}</p>
      ) : (
        <Card>
          <ul>
            {(items as Lock[]).map((lock) => (
              <LockItem key={lock.id} lock={lock} from={from} />
            ))}
          </ul>
        </Card>
      )}
    </section>
  );
}

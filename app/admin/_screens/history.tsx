import Link from "next/link";
import { notFound } from "next/navigation";
import { getFormatter, getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { ChangeList } from "@/components/crud/change-list";
import { FormPage } from "@/components/crud/form-page";
import { DATE_TIME } from "@/components/data-table/cell";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { historyOf } from "@/lib/audit/history";
import { contextOf } from "@/lib/auth/guards";
import { orNotFound } from "@/lib/auth/not-found";
import type { Principal } from "@/lib/auth/principal";
import { backTo } from "@/lib/crud/carried";
import { parseListQuery, type SearchParams } from "@/lib/crud/list-query";
import { getRecord } from "@/lib/crud/record";
import { type AdminEntity, entities } from "@/lib/entities";
import { NotFound } from "@/lib/errors";
import { fieldLabels } from "./field-labels";
import { RecordTabs } from "./record-tabs";

type HistoryScreenProps = { entity: AdminEntity; principal: Principal; id: string; searchParams: SearchParams };

const ACTORS = { cli: "cli", system: "system" } as const;

/** What happened to one record: when, by whom, from where, and what it was before. */
export async function HistoryScreen({ entity, principal, id, searchParams }: HistoryScreenProps) {
  const { definition } = entity;
  const path = `/admin/${definition.name}`;
  const ctx = await contextOf(principal);
  const from = backTo(searchParams.from, path);
  const query = parseListQuery(searchParams, {});
  const [events, record, t, tAudit, format, labels] = await Promise.all([
    orNotFound(historyOf(ctx, definition.name, id, query)),
    // A record that is gone still has a history.
    getRecord(ctx, definition, id).catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    }),
    getTranslations("history"),
    entities.audit.texts(),
    getFormatter(),
    fieldLabels(entity),
  ]);
  if (!record && events.total === 0) notFound();
  const name = record?.label ?? events.items[0]?.entityLabel ?? id;
  const pageHref = (page: number) => `${path}/${id}/history?page=${page}&from=${encodeURIComponent(from)}`;
  const hasMore = events.total > query.page * query.size || events.totalIsEstimate;
  return (
    <FormPage
      principal={principal}
      setPreference={setPreference}
      here={path}
      title={t("title", { name })}
      tabs={record && <RecordTabs entity={definition} id={id} here="history" from={from} principal={principal} />}
    >
      <Card>
        {events.items.length === 0 ? (
          <p className="px-4 py-14 text-center text-muted-foreground">{t("empty")}</p>
        ) : (
          <ol>
            {events.items.map((event) => (
              <li key={event.id} className="grid gap-2 border-b px-4 py-3 last:border-b-0 md:grid-cols-[14rem_1fr]">
                <div className="text-sm">
                  <p className="font-medium">{tAudit(`choices.action.${event.action}`)}</p>
                  <time dateTime={event.createdAt.toISOString()} className="block text-muted-foreground tabular-nums">
                    {format.dateTime(event.createdAt, DATE_TIME)}
                  </time>
                  <p className="break-all text-muted-foreground">
                    {event.actorKind === "user" ? event.actorLabel : t(`actors.${ACTORS[event.actorKind]}`)}
                    {event.ip && ` · ${event.ip}`}
                  </p>
                </div>
                <ChangeList changes={event.changes} labels={labels} />
              </li>
            ))}
          </ol>
        )}
      </Card>
      {(query.page > 1 || hasMore) && (
        <nav aria-label={t("pages")} className="mt-4 flex gap-2">
          {query.page > 1 && (
            <Link href={pageHref(query.page - 1)} className={buttonClass({ variant: "outline" })}>
              {t("newer")}
            </Link>
          )}
          {hasMore && (
            <Link href={pageHref(query.page + 1)} className={buttonClass({ variant: "outline" })}>
              {t("older")}
            </Link>
          )}
        </nav>
      )}
    </FormPage>
  );
}

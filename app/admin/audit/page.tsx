import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { everyFieldLabel } from "@/app/admin/_screens/field-labels";
import { ListScreen } from "@/app/admin/_screens/list";
import { ChangeList } from "@/components/crud/change-list";
import { access } from "@/lib/audit/access";
import { requirePermissions } from "@/lib/auth/guards";
import type { AuditChanges } from "@/lib/db/schema/events";
import { entities } from "@/lib/entities";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("audit"))("title") };
}

export default async function AuditPage({ searchParams }: PageProps<"/admin/audit">) {
  const principal = await requirePermissions(access.list);
  const [labels, t] = [await everyFieldLabel(), await getTranslations("history")];
  return (
    <ListScreen
      entity={entities.audit}
      principal={principal}
      searchParams={await searchParams}
      cells={{
        actorLabel: ({ actorKind, actorLabel }) =>
          actorKind === "cli" || actorKind === "system" ? t(`actors.${actorKind}`) : String(actorLabel),
        changes: (row) => (
          <ChangeList changes={row.changes as AuditChanges} labels={labels[String(row.entity)] ?? {}} />
        ),
      }}
    />
  );
}

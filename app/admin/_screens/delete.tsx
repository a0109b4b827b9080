import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { type DeleteAction, DeleteConfirm, type DeletePreview } from "@/components/crud/delete-confirm";
import { FormPage } from "@/components/crud/form-page";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { contextOf } from "@/lib/auth/guards";
import { orNotFound } from "@/lib/auth/not-found";
import type { Principal } from "@/lib/auth/principal";
import { backTo } from "@/lib/crud/carried";
import type { Entity } from "@/lib/crud/entity";
import type { SearchParams } from "@/lib/crud/list-query";
import { getRecord } from "@/lib/crud/record";
import type { AdminEntity } from "@/lib/entities";
import { RecordTabs } from "./record-tabs";

/**
 * What deleting a record would take along, in the reader's language, and why it may not be.
 * @throws NotFound
 */
export async function deletionOf(entity: Entity, principal: Principal, id: string): Promise<DeletePreview> {
  const ctx = await contextOf(principal);
  // An action can be called with anything.
  const { label, row } = await getRecord(ctx, entity, String(id));
  const t = await getTranslations("deletion.affects");
  const affected = (await entity.affectedBy?.(ctx, id)) ?? [];
  const reason = entity.rowRule?.(ctx, row, "delete");
  const line = ({ key, count }: { key: string; count: number }) => t(key as Parameters<typeof t>[0], { count });
  return { id, name: label, affected: affected.map(line), ...(reason && { reason }) };
}

type DeleteScreenProps = {
  entity: AdminEntity;
  principal: Principal;
  id: string;
  searchParams: SearchParams;
  action: DeleteAction;
};

/** The page that asks before a deletion; with scripts the list asks the same in a dialog. */
export async function DeleteScreen({ entity, principal, id, searchParams, action }: DeleteScreenProps) {
  const { definition } = entity;
  const path = `/admin/${definition.name}`;
  const from = backTo(searchParams.from, path);
  const preview = await orNotFound(deletionOf(definition, principal, id));
  const t = await getTranslations("deletion");
  return (
    <FormPage
      principal={principal}
      setPreference={setPreference}
      here={path}
      title={t("title", { name: preview.name })}
      texts={["deletion"]}
      tabs={<RecordTabs entity={definition} id={id} here="delete" from={from} principal={principal} />}
    >
      <Card className="max-w-2xl p-6">
        <DeleteConfirm
          preview={preview}
          from={from}
          action={action}
          cancel={
            <Link href={from} className={buttonClass({ variant: "ghost" })}>
              {t("cancel")}
            </Link>
          }
        />
      </Card>
    </FormPage>
  );
}

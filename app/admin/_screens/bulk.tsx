import Link from "next/link";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { type BulkRun, BulkRunner } from "@/components/crud/bulk-runner";
import { FormPage } from "@/components/crud/form-page";
import { Refusals } from "@/components/crud/refusals";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { NativeSelect } from "@/components/ui/native-select";
import { satisfies } from "@/lib/auth/conditions";
import { contextOf } from "@/lib/auth/guards";
import type { Principal } from "@/lib/auth/principal";
import type { Context } from "@/lib/context";
import { bulkOrderIn } from "@/lib/crud/actions";
import { type BulkOrder, chosenLabel, momentNow, previewBulk } from "@/lib/crud/bulk";
import { backTo } from "@/lib/crud/carried";
import type { SearchParams } from "@/lib/crud/list-query";
import { relationOptions } from "@/lib/crud/relations";
import type { AdminEntity } from "@/lib/entities";

type BulkScreenProps = {
  entity: AdminEntity;
  principal: Principal;
  searchParams: SearchParams;
  action: BulkRun;
  /** The menu entry that the list belongs to; its own, if absent. */
  here?: string;
};

/** Everything that leads back to this page, or on to the action: the selection and what is to be done with it. */
function carriedBy(order: BulkOrder, from: string): [string, string][] {
  const { selection } = order;
  const chosen: [string, string][] =
    "ids" in selection
      ? selection.ids.map((id) => ["ids", id])
      : [
          ["all", "true"],
          ["asOf", selection.asOf],
        ];
  return [["action", order.action], ...chosen, ["from", from]];
}

async function Choose({
  ctx,
  entity,
  order,
  from,
}: {
  ctx: Context;
  entity: AdminEntity;
  order: BulkOrder;
  from: string;
}) {
  const { definition, texts } = entity;
  const t = await getTranslations("bulk");
  const words = await texts();
  const field = definition.bulk?.[order.action]?.chooses ?? "";
  const relation = definition.fields[field]?.relation;
  if (!relation) return null;
  const { options } = await relationOptions(ctx.db, relation);
  return (
    <form method="get" className="grid max-w-sm gap-4">
      {carriedBy(order, from).map(([name, value]) => (
        <input key={`${name}=${value}`} type="hidden" name={name} value={value} />
      ))}
      <div>
        <label htmlFor="chosen" className="mb-1.5 block text-sm font-medium">
          {words(`fields.${field}`)}
        </label>
        <NativeSelect id="chosen" name="chosen" required defaultValue="" className="w-full">
          <option value="">{t("choose")}</option>
          {options.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </NativeSelect>
      </div>
      <div className="flex gap-2">
        <Button type="submit">{t("next")}</Button>
        <Link href={from} className={buttonClass({ variant: "ghost" })}>
          {t("cancel")}
        </Link>
      </div>
    </form>
  );
}

/** What a bulk action would do, and the button that does it. */
async function Preview(props: { ctx: Context; entity: AdminEntity; order: BulkOrder; from: string; action: BulkRun }) {
  const { ctx, entity, order, from, action } = props;
  const t = await getTranslations("bulk");
  const words = await entity.texts();
  const { total, tried, changed, unchanged, refused } = await previewBulk(ctx, entity.definition, order);
  const name = await chosenLabel(ctx, entity.definition, order);
  const isDangerous = "deletes" in (entity.definition.bulk?.[order.action] ?? {});
  return (
    <div className="grid gap-5">
      <p className="text-lg">{t("concerns", { total })}</p>
      {name !== "" && <p className="font-medium">{name}</p>}
      <p className="text-muted-foreground">
        {tried < total && `${t("tried", { tried })} `}
        {t("effect", { changed, unchanged, refused: refused.length })}
      </p>
      <Refusals refused={refused} count={refused.length} />
      <BulkRunner
        action={action}
        carried={[...carriedBy(order, from), ["chosen", order.chosen]]}
        total={total}
        submit={`${words(`bulk.${order.action}`)} (${total})`}
        isDangerous={isDangerous}
        backHref={from}
      />
    </div>
  );
}

/** The page between a selection and what is done with it. */
export async function BulkScreen({ entity, principal, searchParams, action, here }: BulkScreenProps) {
  const { definition, texts } = entity;
  const path = `/admin/${definition.name}`;
  const ctx = await contextOf(principal);
  const asked = bulkOrderIn(ctx, definition, (name) => [searchParams[name] ?? []].flat());
  const bulk =
    definition.bulk && Object.hasOwn(definition.bulk, asked.action) ? definition.bulk[asked.action] : undefined;
  const from = backTo(searchParams.from, path);
  const t = await getTranslations("bulk");
  const words = await texts();
  if (asked.action !== "" && (!bulk || !satisfies(principal, bulk.access))) notFound();
  const { selection } = asked;
  const order =
    "ids" in selection || selection.asOf !== ""
      ? asked
      : { ...asked, selection: { ...selection, asOf: await momentNow(ctx) } };
  const isNothing = "ids" in order.selection && order.selection.ids.length === 0;
  const needsChoice = bulk?.chooses !== undefined && order.chosen === "";
  const title = bulk ? words(`bulk.${order.action}`) : t("title");
  return (
    <FormPage principal={principal} setPreference={setPreference} here={here ?? path} title={title} texts={["bulk"]}>
      <Card className="max-w-2xl p-6">
        {!bulk || isNothing ? (
          <div className="grid gap-4">
            <p>{isNothing ? t("nothingSelected") : t("noAction")}</p>
            <p>
              <Link href={from} className={buttonClass({ variant: "outline" })}>
                {t("back")}
              </Link>
            </p>
          </div>
        ) : needsChoice ? (
          <Choose ctx={ctx} entity={entity} order={order} from={from} />
        ) : (
          <Preview ctx={ctx} entity={entity} order={order} from={from} action={action} />
        )}
      </Card>
    </FormPage>
  );
}

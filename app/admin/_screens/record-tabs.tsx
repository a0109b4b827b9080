import { getTranslations } from "next-intl/server";
import { TabLinks } from "@/components/layout/tab-links";
import { satisfies } from "@/lib/auth/conditions";
import type { Principal } from "@/lib/auth/principal";
import type { Entity } from "@/lib/crud/entity";

export type RecordTab = "edit" | "access" | "history" | "delete";

type RecordTabsProps = {
  entity: Entity;
  id: string;
  here: RecordTab;
  /** The list as it was left. */
  from: string;
  principal: Principal;
};

/** Whether its records give or have permissions. */
const hasAccessPage = ({ name }: Entity) => ["users", "groups", "bundles", "permissions"].includes(name);

/** The page of a record that a reader's click on its name leads to; undefined where there is none. */
export function firstTab(entity: Entity, mayEdit: boolean): RecordTab | undefined {
  if (mayEdit) return "edit";
  if (hasAccessPage(entity)) return "access";
  return entity.editing ? "history" : undefined;
}

/** The pages of one record. */
export async function RecordTabs({ entity, id, here, from, principal }: RecordTabsProps) {
  const t = await getTranslations("tabs");
  const may = (action: "edit" | "delete") => {
    const condition = entity.access[action];
    return condition !== undefined && satisfies(principal, condition);
  };
  const tabs: RecordTab[] = [
    ...(may("edit") ? (["edit"] as const) : []),
    ...(hasAccessPage(entity) ? (["access"] as const) : []),
    ...(entity.editing ? (["history"] as const) : []),
    ...(may("delete") ? (["delete"] as const) : []),
  ];
  return (
    <TabLinks
      title={t("title")}
      tabs={tabs.map((tab) => ({
        href: `/admin/${entity.name}/${id}/${tab}?from=${encodeURIComponent(from)}`,
        label: t(tab),
        isHere: tab === here,
      }))}
    />
  );
}

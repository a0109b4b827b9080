import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { cn } from "@/components/ui/cn";
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
    <nav aria-label={t("title")} className="mb-5 flex gap-1 overflow-x-auto border-b">
      {tabs.map((tab) => (
        <Link
          key={tab}
          href={`/admin/${entity.name}/${id}/${tab}?from=${encodeURIComponent(from)}`}
          prefetch={false}
          aria-current={tab === here ? "page" : undefined}
          className={cn(
            "-mb-px inline-flex min-h-10 items-center border-b-2 px-3 text-sm font-medium whitespace-nowrap",
            tab === here
              ? "border-primary text-primary"
              : "border-transparent text-muted-foreground hover:text-foreground",
          )}
        >
          {t(tab)}
        </Link>
      ))}
    </nav>
  );
}

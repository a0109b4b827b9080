import { Plus } from "lucide-react";
import Link from "next/link";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { ListView, type ListViewProps } from "@/components/data-table/list-view";
import { AppShell } from "@/components/layout/app-shell";
import { ClientTexts } from "@/components/layout/client-texts";
import { PageHeader } from "@/components/layout/page-header";
import type { PreferenceAction } from "@/components/layout/preferences";
import { buttonClass } from "@/components/ui/button";
import type { Principal } from "@/lib/auth/principal";
import { listHref } from "@/lib/crud/list-query";

type ListPageProps = Omit<ListViewProps, "caption" | "empty"> & {
  principal: Principal;
  setPreference: PreferenceAction;
  title: string;
  intro: string;
  /** The menu entry that the list belongs to; its own, if absent. */
  here?: string;
  /** What comes between the heading and the list. */
  above?: ReactNode;
  empty: { title: string; text: string };
  /** Absent where this user may not add anything. */
  add?: { href: string; label: string };
};

/** The list page of an entity: frame, heading, "add" and the list itself. */
export function ListPage(props: ListPageProps) {
  const { principal, setPreference, title, intro, here, above, add, empty, ...list } = props;
  const { path, query, rows, total } = list;
  // Beyond the end: entries may have gone since the address was made. An estimate of the last page can be wrong as well.
  if (rows.length === 0 && query.page > 1) {
    const last = Math.max(1, Math.ceil(total / query.size));
    redirect(listHref(path, { ...query, page: last < query.page ? last : 1 }));
  }
  return (
    <AppShell principal={principal} here={here ?? list.path} setPreference={setPreference}>
      <PageHeader title={title} intro={intro}>
        {add && (
          <Link href={add.href} className={buttonClass()}>
            <Plus aria-hidden />
            {add.label}
          </Link>
        )}
      </PageHeader>
      {above}
      <ClientTexts parts={["list", "deletion", "errors"]}>
        <ListView caption={title} empty={{ ...empty, ...(add && { add }) }} {...list} />
      </ClientTexts>
    </AppShell>
  );
}

import { redirect } from "next/navigation";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import type { GivenTo as GivenToData } from "@/lib/access/given-to";
import type { Holder, HolderQuery } from "@/lib/access/holders";
import type { Target } from "@/lib/access/source";
import { listHref } from "@/lib/crud/list-query";
import type { Page } from "@/lib/crud/page";
import { GivenTo } from "./given-to";
import { HolderTable } from "./holder-table";
import { Nothing } from "./nothing";
import { PageLinks } from "./page-links";
import type { CanOpen } from "./source-list";

type HoldersProps = {
  kind: Target["kind"];
  page: Page<Holder>;
  query: HolderQuery;
  /** The address of the page without its query. */
  path: string;
  /** Absent for a group, which nothing contains. */
  givenTo?: GivenToData;
  canOpen: CanOpen & { users: boolean };
};

function Search({ query, path }: Pick<HoldersProps, "query" | "path">) {
  const t = useTranslations("access");
  return (
    <search>
      <form method="get" action={path} className="flex gap-2 border-b p-3">
        <input type="hidden" name="size" value={query.size} />
        <Input
          type="search"
          name="q"
          aria-label={t("search")}
          placeholder={t("search")}
          defaultValue={query.q}
          maxLength={200}
          className="min-w-0 sm:max-w-sm"
        />
        <Button type="submit" variant="outline">
          {t("searchSubmit")}
        </Button>
      </form>
    </search>
  );
}

function Nobody({ kind, query, path }: Pick<HoldersProps, "kind" | "query" | "path">) {
  const t = useTranslations("access");
  if (query.q) {
    const link = { href: path, label: t("showAll") };
    return <Nothing title={t("noMatchTitle")} text={t("noMatchText", { q: query.q })} link={link} />;
  }
  return kind === "group" ? (
    <Nothing title={t("noMembersTitle")} text={t("noMembersText")} />
  ) : (
    <Nothing title={t("noHoldersTitle")} text={t("noHoldersText")} />
  );
}

/** Who has a permission, a bundle or a group, and through what; works as links and one form. */
export function Holders({ kind, page, query, path, givenTo, canOpen }: HoldersProps) {
  const t = useTranslations("access");
  const { items, total, totalIsEstimate } = page;
  const pages = Math.max(1, Math.ceil(total / query.size));
  const hrefOf = (to: number) => listHref(path, { ...query, page: to, sort: [], filters: {} });
  // Beyond the end: some may have gone since the address was made.
  if (items.length === 0 && query.page > 1) redirect(hrefOf(totalIsEstimate ? 1 : pages));
  return (
    <>
      {givenTo && <GivenTo givenTo={givenTo} canOpen={canOpen} />}
      <Card>
        <Search query={query} path={path} />
        {items.length === 0 ? (
          <Nobody kind={kind} query={query} path={path} />
        ) : (
          <HolderTable
            caption={kind === "group" ? t("members") : t("holders")}
            holders={items}
            // Members of a group are so directly, but for those whom a directory has made members.
            hasSources={kind !== "group" || items.some(({ sources }) => sources.some(({ madeBy }) => madeBy))}
            canOpen={canOpen}
          />
        )}
        <div className="flex flex-wrap items-center justify-between gap-3 border-t p-3 text-sm">
          <p role="status" className="text-muted-foreground">
            {totalIsEstimate ? t("userTotalMore", { total }) : t("userTotal", { total })}
          </p>
          <PageLinks
            page={query.page}
            pages={totalIsEstimate ? undefined : pages}
            hasNext={totalIsEstimate ? items.length === query.size : query.page < pages}
            hrefOf={hrefOf}
          />
        </div>
      </Card>
    </>
  );
}

import type { Metadata } from "next";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { ListScreen } from "@/app/admin/_screens/list";
import { LockTabs } from "@/app/admin/locks/tabs";
import { Badge } from "@/components/ui/badge";
import { access } from "@/lib/attempts/access";
import { attemptEntity } from "@/lib/attempts/entity";
import { type Owner, ownersOf } from "@/lib/attempts/owners";
import { satisfies } from "@/lib/auth/conditions";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import type { StoredRow } from "@/lib/crud/entity";
import { listHref, parseListQuery } from "@/lib/crud/list-query";
import { listFieldsOf } from "@/lib/crud/list-sql";
import { entities } from "@/lib/entities";
import { access as usersAccess } from "@/lib/users/access";
import { LockedNow } from "./locked-now";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("attempts"))("title") };
}

export default async function AttemptsPage({ searchParams }: PageProps<"/admin/attempts">) {
  const principal = await requirePermissions(access.list);
  const query = await searchParams;
  const ctx = await contextOf(principal);
  const from = listHref("/admin/attempts", parseListQuery(query, listFieldsOf(ctx, attemptEntity)));
  const t = await getTranslations("list");
  const cellsOf = async (rows: StoredRow[]) => {
    const tried = rows.flatMap(({ loginIdCanonical }) => loginIdCanonical ?? []) as string[];
    // A login that belongs to somebody leads there.
    const owners = satisfies(principal, usersAccess.edit) ? await ownersOf(ctx, tried) : new Map<string, Owner>();
    return {
      // Unlike others, this "yes" is no good news.
      duringLockout: ({ duringLockout }: StoredRow) => (
        <Badge tone={duringLockout ? "bad" : "neutral"}>{duringLockout ? t("yes") : t("no")}</Badge>
      ),
      loginId: ({ loginIdCanonical }: StoredRow) => {
        const loginId = loginIdCanonical as string | null;
        const owner = owners.get(loginId ?? "");
        if (!owner) return loginId;
        return (
          <Link
            href={`/admin/users/${owner.id}/edit`}
            prefetch={false}
            className="break-all text-primary hover:underline"
          >
            {loginId}
          </Link>
        );
      },
    };
  };
  return (
    <ListScreen
      entity={entities.attempts}
      principal={principal}
      searchParams={query}
      cells={cellsOf}
      above={
        <>
          <LockTabs here="attempts" />
          <LockedNow ctx={ctx} from={from} />
        </>
      }
    />
  );
}

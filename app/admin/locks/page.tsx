import type { Metadata } from "next";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { ListScreen } from "@/app/admin/_screens/list";
import { attemptsPath } from "@/lib/attempts/path";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { listHref, parseListQuery } from "@/lib/crud/list-query";
import { listFieldsOf } from "@/lib/crud/list-sql";
import { entities } from "@/lib/entities";
import { access } from "@/lib/locks/access";
import { lockEntity } from "@/lib/locks/entity";
import type { Lock } from "@/lib/locks/service";
import { unlockOne } from "./actions";
import { LockTabs } from "./tabs";
import { UnlockButton } from "./unlock-button";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("locks"))("title") };
}

export default async function LocksPage({ searchParams }: PageProps<"/admin/locks">) {
  const principal = await requirePermissions(access.list);
  const query = await searchParams;
  const from = listHref("/admin/locks", parseListQuery(query, listFieldsOf(await contextOf(principal), lockEntity)));
  const t = await getTranslations("locks");
  return (
    <ListScreen
      entity={entities.locks}
      principal={principal}
      searchParams={query}
      here="/admin/attempts"
      above={<LockTabs here="locks" />}
      cells={{
        key: (row) => {
          const { scope, key } = row as Lock;
          return (
            <Link
              href={attemptsPath(scope, key)}
              prefetch={false}
              className="font-medium break-all text-primary hover:underline"
            >
              {key}
            </Link>
          );
        },
      }}
      extra={(row) => {
        const { id, key, type } = row as Lock;
        const name = t("unlockNamed", { name: key, type: t(`choices.type.${type}`) });
        return (
          <span className="max-md:mt-1.5 max-md:ml-2.5">
            <UnlockButton id={id} label={t("unlock")} name={name} from={from} action={unlockOne} />
          </span>
        );
      }}
    />
  );
}

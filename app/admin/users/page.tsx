import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ListScreen } from "@/app/admin/_screens/list";
import { satisfies } from "@/lib/auth/conditions";
import { hasPasswordHere } from "@/lib/auth/domains";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { config } from "@/lib/config/env";
import type { StoredRow } from "@/lib/crud/entity";
import { listHref, parseListQuery } from "@/lib/crud/list-query";
import { listFieldsOf } from "@/lib/crud/list-sql";
import { entities } from "@/lib/entities";
import { access } from "@/lib/users/access";
import { userEntity } from "@/lib/users/entity";
import { previewDeletion, removeUser, resendVerificationTo } from "./actions";
import { ResendButton } from "./resend-button";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("users"))("title") };
}

export default async function UsersPage({ searchParams }: PageProps<"/admin/users">) {
  const principal = await requirePermissions(access.list);
  const query = await searchParams;
  const maySend = config().mailEnabled && satisfies(principal, access.edit);
  const from = listHref("/admin/users", parseListQuery(query, listFieldsOf(await contextOf(principal), userEntity)));
  return (
    <ListScreen
      entity={entities.users}
      principal={principal}
      searchParams={query}
      {...(maySend && {
        extra: ({ id, loginId, isVerified }: StoredRow) =>
          isVerified === false &&
          hasPasswordHere(canonicalLoginId(String(loginId))) && (
            <ResendButton id={id} name={String(loginId)} from={from} action={resendVerificationTo} />
          ),
      })}
      deletion={{ preview: previewDeletion, action: removeUser }}
    />
  );
}

import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { Holders } from "@/components/access/holders";
import { UserAccess } from "@/components/access/user-access";
import { FormPage } from "@/components/crud/form-page";
import { givenTo } from "@/lib/access/given-to";
import { holdersOf } from "@/lib/access/holders";
import { permissionSources } from "@/lib/access/sources";
import { satisfies } from "@/lib/auth/conditions";
import { contextOf } from "@/lib/auth/guards";
import { orNotFound } from "@/lib/auth/not-found";
import type { Principal } from "@/lib/auth/principal";
import { access as bundlesAccess } from "@/lib/bundles/access";
import { backTo } from "@/lib/crud/carried";
import { parseListQuery, type SearchParams } from "@/lib/crud/list-query";
import { getRecord } from "@/lib/crud/record";
import { type AdminEntity, entities } from "@/lib/entities";
import { access as groupsAccess } from "@/lib/groups/access";
import { describedPermissions } from "@/lib/permissions/described";
import { access as usersAccess } from "@/lib/users/access";
import { RecordTabs } from "./record-tabs";

type AccessScreenProps = { principal: Principal; id: string; searchParams: SearchParams };

const canOpen = (principal: Principal) => ({
  users: satisfies(principal, usersAccess.edit),
  groups: satisfies(principal, groupsAccess.edit),
  bundles: satisfies(principal, bundlesAccess.edit),
});

/** What a user may do, and why: every permission with every way by which it comes. */
export async function UserAccessScreen({ principal, id, searchParams }: AccessScreenProps) {
  const ctx = await contextOf(principal);
  const { definition } = entities.users;
  const { label } = await orNotFound(getRecord(ctx, definition, id));
  const [permissions, described] = await Promise.all([permissionSources(ctx, id), describedPermissions(ctx)]);
  const descriptions = new Map(described.map((permission) => [permission.id, permission.description]));
  const from = backTo(searchParams.from, "/admin/users");
  const t = await getTranslations("access");
  return (
    <FormPage
      principal={principal}
      setPreference={setPreference}
      here="/admin/users"
      title={t("title", { name: label })}
      tabs={<RecordTabs entity={definition} id={id} here="access" from={from} principal={principal} />}
    >
      <UserAccess
        permissions={permissions.map((permission) => ({
          ...permission,
          description: descriptions.get(permission.id) ?? permission.description,
        }))}
        canOpen={canOpen(principal)}
        {...(satisfies(principal, usersAccess.edit) && { editHref: `/admin/users/${id}/edit` })}
      />
    </FormPage>
  );
}

const KINDS = { groups: "group", bundles: "bundle", permissions: "permission" } as const;

/** Who has a group, a bundle or a permission, and through what. */
export async function HoldersScreen({
  entity,
  principal,
  id,
  searchParams,
}: AccessScreenProps & { entity: AdminEntity }) {
  const { definition } = entity;
  const list = `/admin/${definition.name}`;
  const path = `${list}/${id}/access`;
  const ctx = await contextOf(principal);
  const { label } = await orNotFound(getRecord(ctx, definition, id));
  const query = parseListQuery(searchParams, {});
  const kind = KINDS[definition.name as keyof typeof KINDS];
  const page = await holdersOf(ctx, { kind, id }, query);
  const given = kind === "group" ? undefined : await givenTo(ctx, { kind, id });
  const from = backTo(searchParams.from, list);
  const t = await getTranslations("access");
  return (
    <FormPage
      principal={principal}
      setPreference={setPreference}
      here={list}
      title={t("holdersTitle", { name: label })}
      tabs={<RecordTabs entity={definition} id={id} here="access" from={from} principal={principal} />}
    >
      <Holders
        kind={kind}
        page={page}
        query={query}
        path={path}
        canOpen={canOpen(principal)}
        {...(given && { givenTo: given })}
      />
    </FormPage>
  );
}

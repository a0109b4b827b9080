import { getTranslations } from "next-intl/server";
import { attemptEntity } from "@/lib/attempts/entity";
import { auditEntity } from "@/lib/audit/entity";
import { bundleEntity } from "@/lib/bundles/entity";
import { config } from "@/lib/config/env";
import type { Entity } from "@/lib/crud/entity";
import type { EntityName } from "@/lib/entity-names";
import { NotFound } from "@/lib/errors";
import { groupEntity } from "@/lib/groups/entity";
import { lockEntity } from "@/lib/locks/entity";
import { permissionEntity } from "@/lib/permissions/entity";
import { userEntity } from "@/lib/users/entity";

/**
 * Every entity of the admin with its words: pages name theirs, the API and its description serve all of them. A new one is
 * one line here (`npm run new -- entity <name>` writes it).
 */

/** Words of an entity; which ones there are is checked by lib/entities.test.ts. */
export type EntityTexts = {
  (key: string, values?: Record<string, string | number>): string;
  has(key: string): boolean;
};

export type AdminEntity = { definition: Entity; texts: () => Promise<EntityTexts> };

const adminEntity = (definition: Entity, texts: () => Promise<unknown>): AdminEntity => ({
  definition,
  texts: texts as () => Promise<EntityTexts>,
});

/** What people log in with has a name of its own in each mode. */
async function userTexts(): Promise<EntityTexts> {
  const t = (await getTranslations("users")) as unknown as EntityTexts;
  const named = (key: string) => (key === "fields.loginId" ? `fields.${config().LOGIN_ID}` : key);
  return Object.assign((key: string, values?: Record<string, string | number>) => t(named(key), values), {
    has: (key: string) => t.has(named(key)),
  });
}

export const entities: Record<EntityName, AdminEntity> = {
  users: adminEntity(userEntity, userTexts),
  groups: adminEntity(groupEntity, () => getTranslations("groups")),
  bundles: adminEntity(bundleEntity, () => getTranslations("bundles")),
  permissions: adminEntity(permissionEntity, () => getTranslations("permissionList")),
  // npm run new adds lines above this one
  attempts: adminEntity(attemptEntity, () => getTranslations("attempts")),
  locks: adminEntity(lockEntity, () => getTranslations("locks")),
  audit: adminEntity(auditEntity, () => getTranslations("audit")),
};

/**
 * The definition behind a name in an address.
 * @throws NotFound
 */
export function entityNamed(name: string): Entity {
  const entity = Object.hasOwn(entities, name) ? entities[name as EntityName] : undefined;
  if (!entity) throw new NotFound();
  return entity.definition;
}

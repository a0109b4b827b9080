import { sql } from "drizzle-orm";
import { affectedBy } from "@/lib/access/affected";
import { grantChoiceRules } from "@/lib/access/grants";
import { recordAudits } from "@/lib/audit/record";
import { endTokensOf } from "@/lib/auth/access-tokens";
import { seesSuperusers } from "@/lib/auth/actor";
import { keepsPasswords } from "@/lib/auth/domains";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { endSessionsOf } from "@/lib/auth/session";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import type { Change, Entity, Hooks, StoredRow, Values } from "@/lib/crud/entity";
import { contains } from "@/lib/crud/list-sql";
import { users as table } from "@/lib/db/schema/users";
import type { Problem } from "@/lib/errors";
import { access } from "./access";
import { endAccessIn } from "./end-access";
import { mailAfter } from "./notices";
import { userRelations } from "./relations";
import { lockSuperusers, userJudge } from "./rules";
import { newUser, userSchema } from "./schema";
import { preparePassword, userColumns } from "./state";

const isSelf = ({ actor }: Context, row: StoredRow) => actor.kind === "user" && actor.principal.userId === row.id;

/** Neither sessions nor tokens outlive the line between active and not, nor the password that they were made with. */
async function endAccessAfter(tx: Context, changes: Change[]): Promise<void> {
  const crossing = changes.filter(
    ({ before, after }) => before && (!after?.isEnabled || !before.isEnabled || before.isTimedOut),
  );
  const withNewPassword = changes.filter(({ before, after }) => before && before.passwordHash !== after?.passwordHash);
  await endTokensOf(tx.db, [...new Set([...crossing, ...withNewPassword].map(({ id }) => id))]);
  await endSessionsOf(
    tx.db,
    crossing.map(({ id }) => id),
  );
  const own = tx.actor.kind === "user" ? tx.actor.principal : undefined;
  for (const { id } of withNewPassword) {
    await endSessionsOf(tx.db, [id], (own?.userId === id && own.sessionId) || undefined);
  }
  await recordAudits(
    tx,
    withNewPassword.map(({ id, after }) => ({
      action: "set-password",
      entity: "users",
      entityId: id,
      entityLabel: String(after?.loginId),
    })),
  );
}

const hooks: Hooks = {
  beforeSave: userJudge,
  async afterSave(tx, changes) {
    await endAccessAfter(tx, changes);
    await mailAfter(tx, changes);
  },
  beforeDelete: userJudge,
};

/** Controls that would only be refused, with the reason in advance. */
async function fieldRules(ctx: Context, record: { row: StoredRow; values: Values } | undefined) {
  const rules: Record<string, Problem> = {};
  if (!record || !isSelf(ctx, record.row)) return rules;
  if (record.values.isEnabled) rules.isEnabled = { key: "disablesSelf" };
  if (record.values.isSuperuser) rules.isSuperuser = { key: "demotesSelf" };
  rules.disabledAt = { key: "disablesSelf" };
  return rules;
}

export const userEntity: Entity = {
  name: "users",
  table,
  access,
  label: "loginId",
  order: { column: table.loginIdCanonical },
  search: (text) => contains(table.loginIdCanonical, canonicalLoginId(text)),
  fields: {
    loginId: {
      kind: "text",
      column: table.loginId,
      compared: table.loginIdCanonical,
      canonical: canonicalLoginId,
      unique: "loginIdTaken",
      isRequired: true,
      list: "shown",
      sortable: true,
      filter: "text",
    },
    isEnabled: { kind: "boolean", column: table.isEnabled, list: "shown", sortable: true, filter: "boolean" },
    // Says something only where mail is sent.
    isVerified: {
      kind: "boolean",
      column: table.isVerified,
      list: "shown",
      sortable: true,
      filter: "boolean",
      isVisible: () => config().mailEnabled,
    },
    isSuperuser: {
      kind: "boolean",
      column: table.isSuperuser,
      list: "shown",
      sortable: true,
      filter: "boolean",
      isVisible: seesSuperusers,
    },
    groupIds: { kind: "relation", relation: userRelations.groupIds, list: "shown", filter: "relation" },
    bundleIds: { kind: "relation", relation: userRelations.bundleIds, list: "offered", filter: "relation" },
    permissionIds: { kind: "permissions", relation: userRelations.permissionIds, list: "offered", filter: "relation" },
    lastLoginAt: { kind: "dateTime", column: table.lastLoginAt, list: "shown", sortable: true, filter: "dateRange" },
    disabledAt: { kind: "day", column: table.disabledAt, list: "shown", sortable: true, filter: "dateRange" },
    createdAt: { kind: "dateTime", column: table.createdAt, list: "offered", sortable: true, filter: "dateRange" },
    updatedAt: { kind: "dateTime", column: table.updatedAt },
    sendWelcome: {
      kind: "boolean",
      isVisible: () => config().mailEnabled,
      isOnForm: (record) => record === "new" && keepsPasswords(),
    },
    // Where mail is sent, people choose their own; the API and the command line can set one all the same.
    password: { kind: "password", isOnForm: () => keepsPasswords() && !config().mailEnabled },
    confirm: { kind: "password", isOnForm: () => keepsPasswords() && !config().mailEnabled },
  },
  editing: {
    schema: userSchema,
    defaults: newUser,
    form: {
      account: ["loginId", "isEnabled", "isSuperuser", "disabledAt", "sendWelcome", "password", "confirm"],
      access: ["groupIds", "bundleIds", "permissionIds"],
    },
    prepare: preparePassword,
    toColumns: userColumns,
    computed: { isTimedOut: sql<boolean>`coalesce(${table.disabledAt} <= now(), false)` },
    lock: (tx, ids, sent) =>
      lockSuperusers(
        tx.db,
        ids,
        sent.some((values) => values.isSuperuser === true),
      ),
    hooks,
  },
  rowRule: (ctx, row, action) => {
    if (row.isSuperuser && !seesSuperusers(ctx)) return { key: "superusersOnly" };
    return action === "delete" && isSelf(ctx, row) ? { key: "deletesSelf" } : undefined;
  },
  fieldRules,
  choiceRules: grantChoiceRules,
  bulk: {
    enable: { access: access.edit, patch: () => ({ isEnabled: true }) },
    disable: { access: access.edit, patch: () => ({ isEnabled: false }) },
    endAccess: { access: access.edit, run: endAccessIn },
    addToGroup: {
      access: access.edit,
      chooses: "groupIds",
      patch: ({ groupIds }, group) => ({ groupIds: [...new Set([...(groupIds as string[]), group])] }),
    },
    removeFromGroup: {
      access: access.edit,
      chooses: "groupIds",
      patch: ({ groupIds }, group) => ({ groupIds: (groupIds as string[]).filter((id) => id !== group) }),
    },
    delete: { access: access.delete, deletes: true },
  },
  affectedBy: (ctx, id) => affectedBy(ctx, { kind: "user", id }),
};

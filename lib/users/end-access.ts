import { inArray } from "drizzle-orm";
import { recordAudits } from "@/lib/audit/record";
import { endTokensOf } from "@/lib/auth/access-tokens";
import { authorityNow } from "@/lib/auth/actor";
import { endSessionsOf } from "@/lib/auth/session";
import type { Context } from "@/lib/context";
import type { Outcome } from "@/lib/crud/entity";
import { users } from "@/lib/db/schema/users";
import { Forbidden, NotFound } from "@/lib/errors";

/**
 * Ends sessions and access tokens of users who stay what they are, as after a phone was lost (ASVS 7.4.5). The session that asks
 * goes on. A superuser is left alone by everybody who may not touch one.
 */
export async function endAccessIn(tx: Context, ids: string[]): Promise<Outcome[]> {
  const rows = await tx.db
    .select({ id: users.id, loginId: users.loginId, isSuperuser: users.isSuperuser })
    .from(users)
    .where(inArray(users.id, ids))
    .orderBy(users.id)
    // Whoever signs in meanwhile waits, and is in afterwards.
    .for("update");
  const known = new Map(rows.map((row) => [row.id, row]));
  const isTrusted = (await authorityNow(tx)) === "everything";
  const touched = rows.filter(({ isSuperuser }) => isTrusted || !isSuperuser);
  const touchedIds = touched.map(({ id }) => id);
  const own = (tx.actor.kind === "user" && tx.actor.principal.sessionId) || undefined;
  const ended = new Set([...(await endSessionsOf(tx.db, touchedIds, own)), ...(await endTokensOf(tx.db, touchedIds))]);
  await recordAudits(
    tx,
    touched
      .filter(({ id }) => ended.has(id))
      .map(({ id, loginId }) => ({ action: "end-access", entity: "users", entityId: id, entityLabel: loginId })),
  );
  return ids.map((id): Outcome => {
    const row = known.get(id);
    if (!row) return { id, label: "", result: "refused", error: new NotFound() };
    if (row.isSuperuser && !isTrusted) {
      return { id, label: row.loginId, result: "refused", error: new Forbidden("superusersOnly") };
    }
    return { id, label: row.loginId, result: ended.has(id) ? "changed" : "unchanged" };
  });
}

import { sql } from "drizzle-orm";
import type { Context } from "@/lib/context";
import type { Piece } from "./load";

/** What is in the database of what was asked for, once everything is over. */

type Row = { key: string; marks: number[] };

/** Of each key, how often each of the things is there that belong together. */
const LOOKS: Record<string, (keys: string[]) => ReturnType<typeof sql>> = {
  "add user": (keys) => sql`
    select key, array[
      (select count(*) from users where login_id = key),
      (select count(*) from user_groups join users on users.id = user_id where login_id = key),
      (select count(*) from audit_events where action = 'create' and entity = 'users' and entity_label = key)
    ]::int[] as marks from unnest(${sql.param(keys)}::text[]) as key`,
  "save group": (keys) => sql`
    select key, array[
      (select count(*) from groups where name = key),
      (select count(*) from audit_events where action = 'create' and entity = 'groups' and entity_label = key)
    ]::int[] as marks from unnest(${sql.param(keys)}::text[]) as key`,
  redeem: (keys) => sql`
    select key, array[
      (select count(*) from users where id = key::uuid and password_hash is not null and is_verified),
      (select count(*) from audit_events where action = 'set-password' and entity_id = key::uuid)
    ]::int[] as marks from unnest(${sql.param(keys)}::text[]) as key`,
};

export type Found = {
  /** Changes that were told to be done. */
  acknowledged: number;
  /** Of these, the keys of those that are not there. */
  lost: string[];
  /** What is there in part, or twice. */
  half: string[];
  /** Changes that are there although nobody was told so. */
  unannounced: number;
};

/** Looks for everything that the pieces of a load have asked for. */
export async function findAll({ db }: Context, pieces: readonly Piece[]): Promise<Found> {
  const found: Found = { acknowledged: 0, lost: [], half: [], unannounced: 0 };
  for (const [kind, look] of Object.entries(LOOKS)) {
    const own = pieces.filter((piece) => piece.kind === kind);
    const done = new Set(own.filter(({ told }) => told === "ok").map(({ key = "" }) => key));
    const keys = [...new Set(own.map(({ key = "" }) => key))];
    const { rows } = await db.execute<Row>(look(keys));
    found.acknowledged += done.size;
    for (const { key, marks } of rows) {
      const isThere = marks.every((mark) => mark === 1);
      if (!isThere && marks.some((mark) => mark > 0)) found.half.push(`${kind} ${key}: ${marks}`);
      if (!isThere && done.has(key)) found.lost.push(`${kind} ${key}`);
      if (isThere && !done.has(key)) found.unannounced += 1;
    }
  }
  return found;
}

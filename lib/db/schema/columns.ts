import { sql } from "drizzle-orm";
import { timestamp, uuid } from "drizzle-orm/pg-core";
import { v7 } from "uuid";

/** UUIDv7 (RFC 9562): ordered by creation time, so that inserts stay at the right edge of the index. */
export const id = () =>
  uuid("id")
    .primaryKey()
    // For rows inserted by hand in SQL; uuidv7() itself exists only from PostgreSQL 18 on.
    .default(sql`gen_random_uuid()`)
    .$defaultFn(v7);

export const instant = (name: string) => timestamp(name, { withTimezone: true });

export const createdAt = () => instant("created_at").notNull().defaultNow();

export const updatedAt = () => instant("updated_at").notNull().defaultNow();

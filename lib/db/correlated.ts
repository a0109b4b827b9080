import { type SQL, sql } from "drizzle-orm";

/**
 * A subquery in a select list that speaks of the outer table. In a select from one table Drizzle writes the columns at the
 * top of such an expression without their table, and `user_id = users.id` would become `user_id = id`: one level further
 * down it leaves them alone.
 */
export const correlated = <T>(query: SQL<T>): SQL<T> => sql<T>`${query}`;

import { sql } from "drizzle-orm";
import { cookieOf } from "@/e2e/support/api";
import { connect, database } from "@/lib/db/client";
import { testContext } from "@/lib/testing/context";
import { createTestUser } from "@/lib/testing/factories";

/** Fills up to so many users, of whom each is in two of two hundred groups. Groups hold permissions by bundles too. */
export async function growTo(url: string, users: number): Promise<void> {
  const client = await connect(url);
  try {
    await client.query("set maintenance_work_mem = '512MB'");
    await client.query(
      `insert into groups (id, name, name_canonical)
       select gen_random_uuid(), 'Group ' || n, 'group ' || n from generate_series(1, 200) n on conflict do nothing`,
    );
    const { rows } = await client.query<{ count: string }>("select count(*) from users");
    const there = Number(rows[0]?.count ?? 0);
    await client.query(
      `insert into users (id, login_id, login_id_canonical, is_verified, is_enabled, created_at, last_login_at)
       select gen_random_uuid(), 'Person-' || md5(n::text) || '@example.org', 'person-' || md5(n::text) || '@example.org',
         n % 7 > 0, n % 11 > 0, now() - make_interval(secs => n), case when n % 3 > 0 then now() - make_interval(mins => n) end
       from generate_series($1::int, $2::int) n on conflict do nothing`,
      [there + 1, users],
    );
    await client.query(
      `with numbered as (select id, row_number() over (order by id) as n from groups),
       fresh as (select id, row_number() over () as n from users u where not exists (select from user_groups where user_id = u.id))
       insert into user_groups (user_id, group_id)
       select f.id, g.id from fresh f join numbered g on g.n in (1 + f.n % 200, 1 + (f.n * 7) % 200) on conflict do nothing`,
    );
    await client.query("vacuum analyze");
  } finally {
    await client.end();
  }
}

/** The `Cookie` header of an administrator who is signed in. */
export async function administrator(): Promise<string> {
  const { id } = await createTestUser({ permissions: ["auth-manage"] });
  return cookieOf(testContext(), id);
}

export const forgetAttempts = () => database().execute(sql`truncate attempts, attempt_budgets`);

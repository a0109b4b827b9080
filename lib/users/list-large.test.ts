import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import type { Context } from "@/lib/context";
import { listRows } from "@/lib/crud/list";
import type { ListQuery } from "@/lib/crud/list-query";
import { database } from "@/lib/db/client";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { userEntity } from "./entity";
import { everyUser, type UserRow } from "./list";

setUpTestDatabase();

const MANY = 10_050;
/** Among them those whose values are all alike or missing, so that only the tie breaker tells them apart. */
const FEW = 230;

beforeAll(async () => {
  await database().execute(sql`
    insert into users (login_id, login_id_canonical, is_enabled, is_verified, is_superuser, last_login_at, disabled_at)
    select 'user-' || n, 'user-' || n, n % 3 > 0, n % 5 > 0, n % 7 = 0,
      case when n % 4 > 0 then timestamptz '2026-01-01Z' + make_interval(days => n % 10) end,
      case when n % 6 = 0 then timestamptz '2027-01-01Z' + make_interval(days => n % 8) end
    from generate_series(1, ${MANY - FEW}) n`);
  await database().execute(sql`
    insert into users (login_id, login_id_canonical, is_enabled, is_verified, is_superuser, last_login_at, disabled_at)
    select 'few-' || n, 'few-' || n, n % 2 = 0, n % 3 = 0, n % 5 = 0,
      case when n % 4 > 0 then timestamptz '2026-01-01Z' + make_interval(days => n % 3) end,
      case when n % 3 = 0 then timestamptz '2027-01-01Z' + make_interval(days => n % 4) end
    from generate_series(1, ${FEW}) n`);
  // Estimates come from statistics.
  await database().execute(sql`vacuum analyze users`);
});

const listUsers = async (ctx: Context, query: ListQuery) => {
  const page = await listRows(ctx, userEntity, query, []);
  return { ...page, items: page.items as unknown as UserRow[] };
};

const query: ListQuery = { q: "", sort: [], page: 1, size: 25, filters: {} };

describe("the total", () => {
  it.each<[string, Partial<ListQuery>, number, boolean]>([
    ["is exact for few", { q: "few-" }, FEW, false],
    ["is exact for none", { q: "nobody" }, 0, false],
    ["is estimated beyond 10,000", {}, MANY, true],
    ["does not depend on the page", { page: 300 }, MANY, true],
    ["counts what the filters leave", { filters: { isEnabled: true } }, 6662, false],
  ])("%s", async (_, more, total, totalIsEstimate) => {
    expect(await listUsers(testContext(), { ...query, ...more })).toMatchObject({ total, totalIsEstimate });
  });

  it("is exact for exactly 10,000", async () => {
    const outcome = await database()
      .transaction(async (tx) => {
        await tx.execute(sql`delete from users where id in (select id from users limit ${MANY - 10_000})`);
        throw await listUsers({ ...testContext(), db: tx }, query);
      })
      .catch((page: unknown) => page);
    expect(outcome).toMatchObject({ total: 10_000, totalIsEstimate: false });
  });
});

type Field = "loginId" | "isEnabled" | "isVerified" | "isSuperuser" | "lastLoginAt" | "disabledAt";
const FIELDS: Field[] = ["loginId", "isEnabled", "isVerified", "isSuperuser", "lastLoginAt", "disabledAt"];

async function allPages(sort: ListQuery["sort"]): Promise<UserRow[]> {
  const rows: UserRow[] = [];
  for (let page = 1; page <= Math.ceil(FEW / 100) + 1; page += 1) {
    rows.push(...(await listUsers(testContext(), { ...query, q: "few-", sort, page, size: 100 })).items);
  }
  return rows;
}

/** Order of the database for texts (C), with what is missing last in both directions. */
function compare(a: UserRow, b: UserRow, field: Field, descending: boolean): number {
  const [x, y] = [a[field], b[field]];
  if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
  const order = x < y ? -1 : x > y ? 1 : 0;
  return descending ? -order : order;
}

describe("pages", () => {
  it.each(FIELDS.flatMap((field) => [[field, false] as const, [field, true] as const]))(
    "by %s, descending %s, show each row once, in order, ties by login in the same direction",
    async (field, descending) => {
      const rows = await allPages([{ field, descending }]);
      expect(new Set(rows.map(({ id }) => id)).size).toBe(FEW);
      const sorted = [...rows].sort((a, b) => compare(a, b, field, descending) || compare(a, b, "loginId", descending));
      expect(rows.map(({ id }) => id)).toEqual(sorted.map(({ id }) => id));
    },
  );

  it("follow several sorts in their order", async () => {
    const rows = await allPages([
      { field: "isEnabled", descending: true },
      { field: "lastLoginAt", descending: false },
      { field: "loginId", descending: true },
    ]);
    const sorted = [...rows].sort(
      (a, b) =>
        compare(a, b, "isEnabled", true) || compare(a, b, "lastLoginAt", false) || compare(a, b, "loginId", true),
    );
    expect(rows.map(({ loginId }) => loginId)).toEqual(sorted.map(({ loginId }) => loginId));
  });

  it("beyond the last one are empty", async () => {
    expect((await listUsers(testContext(), { ...query, page: 1_000_000, size: 100 })).items).toEqual([]);
  });
});

describe("everyUser", () => {
  it("yields each of many once, over all batches, in order", async () => {
    const seen: string[] = [];
    for await (const { loginId } of everyUser(testContext())) seen.push(loginId);
    expect(seen).toHaveLength(MANY);
    expect(seen).toEqual([...new Set(seen)].sort());
  });
});

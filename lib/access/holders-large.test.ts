import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { database } from "@/lib/db/client";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestGroup, declareTestPermissions } from "@/lib/testing/factories";
import { type HolderQuery, holdersOf } from "./holders";

setUpTestDatabase();

const TOKENS = ["everybody", "at-the-end", "overlapping"] as const;

/** More than a page is looked for among. */
const FIRST = 5_200;
/** More than are gathered one and all. */
const LAST = 50_100;
const OVERLAPPING = 5_100;

let ids: Record<(typeof TOKENS)[number], string>;

const join = (groupId: string, pattern: string, limit: number) =>
  database().execute(sql`insert into user_groups (user_id, group_id)
    select id, ${groupId}::uuid from users where login_id like ${pattern} order by login_id limit ${limit}`);

beforeAll(async () => {
  ids = await declareTestPermissions(TOKENS);
  await database().execute(sql`insert into users (login_id, login_id_canonical)
    select name, name from (
      select 'a-' || lpad(n::text, 5, '0') as name from generate_series(1, ${FIRST}) n
      union all select 'z-' || lpad(n::text, 5, '0') from generate_series(1, ${LAST}) n) people`);
  const last = await createTestGroup({ permissions: ["everybody", "at-the-end"] });
  await join(last, "z-%", LAST);
  await join(await createTestGroup({ permissions: ["everybody"] }), "a-%", FIRST);
  for (let n = 0; n < 10; n += 1)
    await join(await createTestGroup({ permissions: ["overlapping"] }), "z-%", OVERLAPPING);
}, 120_000);

const find = (token: (typeof TOKENS)[number], query: Partial<HolderQuery>) =>
  holdersOf(testContext(), { kind: "permission", id: ids[token] }, { q: "", page: 1, size: 3, ...query });

const names = (prefix: string, ...numbers: number[]) => numbers.map((n) => `${prefix}-${String(n).padStart(5, "0")}`);

describe("the holders of what many have", () => {
  it.each<[string, (typeof TOKENS)[number], Partial<HolderQuery>, string[]]>([
    ["at once", "everybody", {}, names("a", 1, 2, 3)],
    ["on a deep page", "everybody", { page: 1735 }, names("z", 3, 4, 5)],
    ["behind all others", "at-the-end", {}, names("z", 1, 2, 3)],
    ["behind all others, on a deep page", "at-the-end", { page: 101 }, names("z", 301, 302, 303)],
    ["on the last page", "at-the-end", { page: 12_526, size: 4 }, []],
    ["that match, where few do", "at-the-end", { q: "-0000" }, names("z", 1, 2, 3)],
    ["that match, where few do, on the last page", "at-the-end", { q: "-0000", page: 3, size: 4 }, names("z", 9)],
    ["that match, where many do", "at-the-end", { q: "z-", page: 2 }, names("z", 4, 5, 6)],
    ["that match nowhere", "everybody", { q: "nobody" }, []],
    ["in several groups at once", "overlapping", { page: 2 }, names("z", 4, 5, 6)],
  ])("are found %s", async (_, token, query, expected) => {
    expect((await find(token, query)).items.map(({ loginId }) => loginId)).toEqual(expected);
  });

  it("have every source", async () => {
    const { items } = await find("overlapping", {});
    expect(items.map(({ sources }) => sources.length)).toEqual([10, 10, 10]);
  });

  it.each<[(typeof TOKENS)[number], string, number, boolean]>([
    ["everybody", "", 10_000, true],
    ["at-the-end", "", 10_000, true],
    ["at-the-end", "z-", 10_000, true],
    ["at-the-end", "-00", 999, false],
    ["at-the-end", "nobody", 0, false],
    ["overlapping", "", OVERLAPPING, false],
    ["overlapping", "z-", OVERLAPPING, false],
  ])("are counted: %s, %j", async (token, q, total, totalIsEstimate) => {
    expect(await find(token, { q })).toMatchObject({ total, totalIsEstimate });
  });
});

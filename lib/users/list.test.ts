import { eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { listRows } from "@/lib/crud/list";
import { parseListQuery } from "@/lib/crud/list-query";
import { listFieldsOf } from "@/lib/crud/list-sql";
import { closeDatabase, database } from "@/lib/db/client";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { createTestGroup, createTestUser } from "@/lib/testing/factories";
import { userEntity } from "./entity";
import { everyUser } from "./list";

setUpTestDatabase();

const people: Record<
  string,
  { state?: object; lastLoginAt?: string; disabledAt?: string; groups?: ("staff" | "guests")[] }
> = {
  "ann_lee@example.com": { lastLoginAt: "2026-01-01T00:00:00Z", groups: ["staff"] },
  "annxlee@example.com": { lastLoginAt: "2026-01-31T23:59:59.999Z", disabledAt: "2027-01-01T12:00:00Z" },
  "100%sure@example.com": { lastLoginAt: "2026-02-01T00:00:00Z", state: { isEnabled: false } },
  "100xsure@example.com": { state: { isVerified: false }, groups: ["staff", "guests"] },
  "back\\slash@163.example": { state: { isSuperuser: true } },
  "Zoe@B\u00fccher.example": {
    lastLoginAt: "2025-12-31T23:59:59.999Z",
    state: { isEnabled: false, isSuperuser: true },
  },
  "kate@mail163.example": { lastLoginAt: "2026-01-15T12:00:00Z", disabledAt: "2026-06-01T00:00:00Z" },
};
const everybody = Object.keys(people);
const groups = {} as Record<"staff" | "guests", string>;

beforeAll(async () => {
  groups.staff = await createTestGroup({ name: "Staff" });
  groups.guests = await createTestGroup({ name: "Guests" });
  for (const [loginId, { state, lastLoginAt, disabledAt, groups: names = [] }] of Object.entries(people)) {
    // Straight into the table: a backslash is no part of a login id that the app would take.
    const [user] = await database()
      .insert(users)
      .values({ loginId, loginIdCanonical: loginId.toLowerCase(), isVerified: true, ...state })
      .returning();
    if (!user) throw new Error(loginId);
    for (const name of names) {
      await database().execute(sql`insert into user_groups (user_id, group_id) values (${user.id}, ${groups[name]})`);
    }
    await database()
      .update(users)
      .set({
        lastLoginAt: lastLoginAt ? new Date(lastLoginAt) : null,
        disabledAt: disabledAt ? new Date(disabledAt) : null,
      })
      .where(eq(users.id, user.id));
  }
  await database()
    .update(users)
    .set({ loginIdCanonical: "zoe@xn--bcher-kva.example" })
    .where(eq(users.loginIdCanonical, "zoe@b\u00fccher.example"));
});

/** What the list shows at an address, by login id. */
async function shownAt(search: string): Promise<string[]> {
  const params = Object.fromEntries(new URLSearchParams(search));
  const query = parseListQuery(params, listFieldsOf(testContext(), userEntity));
  const { items, total } = await listRows(testContext(), userEntity, query, ["groupIds"]);
  if (query.page === 1) expect(total).toBeGreaterThanOrEqual(items.length);
  return items.map(({ loginId }) => String(loginId));
}

const search = (q: string) => shownAt(new URLSearchParams({ q }).toString());

describe("search", () => {
  it.each([
    ["a part", "lee", ["ann_lee@example.com", "annxlee@example.com"]],
    ["a part in capitals", "LEE", ["ann_lee@example.com", "annxlee@example.com"]],
    ["a part in full-width letters", "ｌｅｅ", ["ann_lee@example.com", "annxlee@example.com"]],
    ["blanks around it", "  zoe ", ["Zoe@B\u00fccher.example"]],
    ["the Kelvin sign", "\u212aate", ["kate@mail163.example"]],
    ["an underscore, which stands for itself", "ann_", ["ann_lee@example.com"]],
    ["a percent sign, which stands for itself", "100%", ["100%sure@example.com"]],
    ["a backslash, which stands for itself", "back\\s", ["back\\slash@163.example"]],
    ["a backslash alone", "\\", ["back\\slash@163.example"]],
    ["a whole address in another spelling", "ZOE@B\u00dcCHER.EXAMPLE", ["Zoe@B\u00fccher.example"]],
    ["the beginning of an address, up to the digits of its domain", "slash@163", ["back\\slash@163.example"]],
    ["the beginning of a domain of digits", "@16", ["back\\slash@163.example"]],
    ["an @", "@", [...everybody].sort()],
    ["what nobody has", "nobody", []],
    ["SQL", "' or true --", []],
  ])("%s", async (_, q, expected) => {
    expect((await search(q)).sort()).toEqual([...expected].sort());
  });
});

describe("filters", () => {
  it.each<[string, string[]]>([
    ["loginId=LEE", ["ann_lee@example.com", "annxlee@example.com"]],
    ["loginId=100%25", ["100%sure@example.com"]],
    ["isEnabled=false", ["100%sure@example.com", "Zoe@B\u00fccher.example"]],
    ["isEnabled=true&isSuperuser=true", ["back\\slash@163.example"]],
    ["isSuperuser=true", ["back\\slash@163.example", "Zoe@B\u00fccher.example"]],
    ["isVerified=false", ["100xsure@example.com"]],
    ["lastLoginAt=2026-01-01..2026-01-31", ["ann_lee@example.com", "annxlee@example.com", "kate@mail163.example"]],
    ["lastLoginAt=2026-02-01..", ["100%sure@example.com"]],
    ["lastLoginAt=..2025-12-31", ["Zoe@B\u00fccher.example"]],
    ["lastLoginAt=2026-01-15..2026-01-15", ["kate@mail163.example"]],
    ["lastLoginAt=2026-01-31..2026-01-01", []],
    ["disabledAt=2027-01-01..2027-01-01", ["annxlee@example.com"]],
    ["q=lee&lastLoginAt=..2026-01-01", ["ann_lee@example.com"]],
    ["q=ann&isEnabled=false", []],
  ])("%s", async (address, expected) => {
    expect((await shownAt(address)).sort()).toEqual([...expected].sort());
  });

  it("by group, and shows the groups of each", async () => {
    expect((await shownAt(`groupIds=${groups.staff}`)).sort()).toEqual(["100xsure@example.com", "ann_lee@example.com"]);
    expect(await shownAt(`groupIds=${groups.guests}`)).toEqual(["100xsure@example.com"]);
    const { items } = await listRows(
      testContext(),
      userEntity,
      {
        ...{ q: "", sort: [], page: 1, size: 10 },
        filters: { groupIds: groups.guests },
      },
      ["groupIds"],
    );
    expect(items[0]?.groupIds).toEqual(["Guests", "Staff"]);
  });

  it.each(["2026-02-30..", "..2026-02-29", "0000-01-01..", "9999-12-31.."])("bear the days %s", async (range) => {
    await expect(shownAt(`lastLoginAt=${range}`)).resolves.toBeDefined();
  });

  it("mean days in UTC, as the list shows them, wherever the database is", async () => {
    const { rows } = await database().execute<{ name: string }>(sql`select current_database() as name`);
    await database().execute(sql.raw(`alter database "${rows[0]?.name}" set timezone = 'Pacific/Auckland'`));
    await closeDatabase();
    try {
      expect(await shownAt("lastLoginAt=2026-01-01..2026-01-31&sort=loginId")).toEqual([
        "ann_lee@example.com",
        "annxlee@example.com",
        "kate@mail163.example",
      ]);
    } finally {
      await database().execute(sql.raw(`alter database "${rows[0]?.name}" reset timezone`));
      await closeDatabase();
    }
  });

  it("on verification say nothing where no mail is sent", async () => {
    await withEnvironment({ EMAIL_ENABLED: "false" }, async () => {
      expect(await shownAt("isVerified=false")).toHaveLength(everybody.length);
    });
  });
});

describe("everyUser", () => {
  it("yields everybody once, in order", async () => {
    await createTestUser({ loginId: "aaron@example.com" });
    const seen: string[] = [];
    for await (const { loginId } of everyUser(testContext())) seen.push(loginId.toLowerCase());
    expect(seen).toEqual([...everybody.map((loginId) => loginId.toLowerCase()), "aaron@example.com"].sort());
  });
});

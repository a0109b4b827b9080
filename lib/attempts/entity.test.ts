import { beforeAll, describe, expect, it } from "vitest";
import { listRows } from "@/lib/crud/list";
import type { ListQuery } from "@/lib/crud/list-query";
import { getRecord, toJson } from "@/lib/crud/record";
import { database } from "@/lib/db/client";
import { attempts } from "@/lib/db/schema/auth";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { createTestUser, uniqueName } from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { attemptEntity } from "./entity";
import { ownersOf } from "./owners";

setUpTestDatabase();

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));

beforeAll(async () => {
  await database()
    .insert(attempts)
    .values([
      { type: "login", loginIdCanonical: "ann@example.com", ip: "203.0.113.7", createdAt: at(1) },
      { type: "login", loginIdCanonical: "ann@example.com", ip: "203.0.113.7", success: true, createdAt: at(3) },
      { type: "forgot", loginIdCanonical: "bob@example.com", ip: "2001:db8::7", createdAt: at(2) },
      { type: "reset", loginIdCanonical: null, ip: null, duringLockout: true, createdAt: at(3) },
    ]);
});

const everything: ListQuery = { q: "", sort: [], page: 1, size: 25, filters: {} };

const minutesOf = async (query: Partial<ListQuery>) =>
  (await listRows(testContext(), attemptEntity, { ...everything, ...query }, [])).items.map(({ createdAt }) =>
    (createdAt as Date).getUTCMinutes(),
  );

describe("the log of attempts", () => {
  it("begins with the newest, and of the same moment with the last written", async () => {
    const { items, total } = await listRows(testContext(), attemptEntity, everything, []);
    expect(items.map(({ type, success }) => [type, success])).toEqual([
      ["reset", false],
      ["login", true],
      ["forgot", false],
      ["login", false],
    ]);
    expect(total).toBe(4);
    expect(await minutesOf({ sort: [{ field: "createdAt", descending: false }] })).toEqual([1, 2, 3, 3]);
  });

  it.each<[Partial<ListQuery>, number[]]>([
    [{ q: "ANN@" }, [3, 1]],
    [{ q: "\uff41nn@example.com" }, [3, 1]],
    [{ q: "0.113.7" }, [3, 1]],
    [{ q: "2001:DB8" }, [2]],
    [{ q: "%" }, []],
    [{ filters: { loginId: "Bob@" } }, [2]],
    [{ filters: { ip: "203.0.113.7", success: true } }, [3]],
    [{ filters: { type: "reset" } }, [3]],
    [{ filters: { duringLockout: false, success: false } }, [2, 1]],
    [{ filters: { createdAt: { from: "2026-01-01", to: "2026-01-01" } } }, [3, 3, 2, 1]],
    [{ filters: { createdAt: { from: "2026-01-02", to: "" } } }, []],
  ])("is narrowed by %j", async (query, minutes) => {
    expect(await minutesOf(query)).toEqual(minutes);
  });

  it("gives one attempt by its number, and none for what is no number", async () => {
    const { items } = await listRows(testContext(), attemptEntity, { ...everything, q: "bob@" }, []);
    const { row } = await getRecord(testContext(), attemptEntity, String(items[0]?.id));
    expect(toJson(testContext(), attemptEntity, row)).toEqual({
      id: items[0]?.id,
      type: "forgot",
      loginId: "bob@example.com",
      ip: "2001:db8::7",
      success: false,
      duringLockout: false,
      createdAt: at(2),
    });
    for (const id of ["999999", "x", "-1", "1e3", "\0"]) {
      expect(await failureOf(getRecord(testContext(), attemptEntity, id))).toMatchObject({ code: "not-found" });
    }
  });
});

it("the owners of login ids are found by the canonical form, each once", async () => {
  const user = await createTestUser({ loginId: `${uniqueName("Eve")}@Example.com` });
  const key = user.loginId.toLowerCase();
  expect(await ownersOf(testContext(), [key, "nobody@example.com", key])).toEqual(new Map([[key, user]]));
  expect(await ownersOf(testContext(), [])).toEqual(new Map());
});

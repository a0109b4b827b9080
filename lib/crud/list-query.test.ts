import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { settings } from "@/lib/config/settings";
import {
  type FilterValue,
  type ListFields,
  type ListQuery,
  listHref,
  listParams,
  parseListQuery,
  type SearchParams,
  toggleSort,
} from "./list-query";

const fields: ListFields = {
  loginId: { sortable: true, filter: "text" },
  isEnabled: { sortable: true, filter: "boolean" },
  groupIds: { filter: "relation" },
  lastLoginAt: { sortable: true, filter: "dateRange" },
  description: { sortable: true },
};

const ID = "018f3c5e-7a1b-7c3d-9e5f-0123456789ab";
const plain: ListQuery = { q: "", sort: [], page: 1, size: settings.list.pageSize, filters: {} };

const parse = (params: SearchParams) => parseListQuery(params, fields);
const parseAddress = (address: string) => parse(Object.fromEntries(new URL(address, "http://x").searchParams));

describe("parseListQuery", () => {
  it("reads everything", () => {
    const address = `?q=ann&sort=-lastLoginAt,loginId&page=3&size=50&loginId=x&isEnabled=false&groupIds=${ID}&lastLoginAt=2026-01-01..2026-01-31`;
    expect(parseAddress(address)).toEqual({
      q: "ann",
      sort: [
        { field: "lastLoginAt", descending: true },
        { field: "loginId", descending: false },
      ],
      page: 3,
      size: 50,
      filters: { loginId: "x", isEnabled: false, groupIds: ID, lastLoginAt: { from: "2026-01-01", to: "2026-01-31" } },
    });
  });

  it.each<[string, SearchParams, Partial<ListQuery>]>([
    ["nothing", {}, {}],
    ["what it does not know", { foo: "x", passwordHash: "x", __proto__: "x", constructor: "x" }, {}],
    ["a filter on a field without one", { description: "x" }, {}],
    ["sort by unknown fields", { sort: "foo,-passwordHash,__proto__,constructor,-,," }, {}],
    ["sort by a field that cannot be sorted", { sort: "groupIds" }, {}],
    ["the same sort twice", { sort: "loginId,-loginId" }, { sort: [{ field: "loginId", descending: false }] }],
    ["the first of several values", { q: ["a", "b"], page: ["2", "3"] }, { q: "a", page: 2 }],
    ["no value among several", { q: [], isEnabled: [] }, {}],
    ["blanks around a search", { q: "  ann  " }, { q: "ann" }],
    ["NUL in texts", { q: "a\0nn", loginId: "\0" }, { q: "ann" }],
    ["an endless search", { q: "x".repeat(10_000) }, { q: "x".repeat(200) }],
    ["page 0", { page: "0" }, { page: 1 }],
    ["a huge page", { page: "9999999" }, { page: 1_000_000 }],
    ["a page that is no number", { page: "1e3" }, {}],
    ["a negative page", { page: "-1" }, {}],
    ["a page of many digits", { page: "99999999999999999999" }, {}],
    ["size 0", { size: "0" }, { size: 1 }],
    ["size 1", { size: "1" }, { size: 1 }],
    ["size 100", { size: "100" }, { size: 100 }],
    ["size 101", { size: "101" }, { size: 100 }],
    ["a size that is no number", { size: "all" }, {}],
    ["a truth value that is none", { isEnabled: "yes" }, {}],
    ["an empty truth value", { isEnabled: "" }, {}],
    ["an id that is none", { groupIds: "1" }, {}],
    ["an empty text", { loginId: " " }, {}],
  ])("%s", (_, params, expected) => {
    expect(parse(params)).toEqual({ ...plain, ...expected });
  });

  it.each<[string, FilterValue | undefined]>([
    ["2026-01-01..2026-01-31", { from: "2026-01-01", to: "2026-01-31" }],
    ["2026-01-01..", { from: "2026-01-01", to: "" }],
    ["..2026-01-31", { from: "", to: "2026-01-31" }],
    ["2026-01-01", { from: "2026-01-01", to: "" }],
    ["2028-02-29..", { from: "2028-02-29", to: "" }],
    ["..", undefined],
    ["", undefined],
    ["yesterday..today", undefined],
    ["2026-1-1..2026-1-31", undefined],
    ["2026-13-01..", undefined],
    ["2026-01-32..", undefined],
    ["2026-02-30..", undefined],
    ["2026-02-29..", undefined],
    ["2026-04-31..", undefined],
    ["0000-01-01..", undefined],
    ["2026-01-01T00:00:00Z..", undefined],
    ["2026-01-01..2026-02-31", { from: "2026-01-01", to: "" }],
  ])("reads the range of days %j", (raw, range) => {
    expect(parse({ lastLoginAt: raw }).filters.lastLoginAt).toEqual(range);
  });

  it("reads a range from the two inputs of a form without scripts", () => {
    expect(parse({ lastLoginAtFrom: "2026-01-01", lastLoginAtTo: "" }).filters).toEqual({
      lastLoginAt: { from: "2026-01-01", to: "" },
    });
    expect(parse({ lastLoginAtFrom: "", lastLoginAtTo: "" }).filters).toEqual({});
  });

  it("never throws, and has nothing more to do on its own result", () => {
    const anything = fc.option(fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.array(fc.string())), {
      nil: undefined,
    });
    const params = fc.dictionary(
      fc.oneof(fc.constantFrom("q", "sort", "page", "size", ...Object.keys(fields)), fc.string()),
      anything,
    );
    fc.assert(
      fc.property(params, (raw) => {
        const query = parse(raw);
        expect(parseAddress(listHref("/admin/users", query))).toEqual(query);
      }),
      { numRuns: 1000 },
    );
  });

  it("cuts a long search to one that it would not cut again", () => {
    for (const q of [`${"x".repeat(199)} and more`, `${"x".repeat(199)}\u{1f511}`]) {
      const query = parse({ q });
      expect(parseAddress(listHref("/admin/users", query))).toEqual(query);
    }
  });
});

const day = fc
  .date({ min: new Date("1970-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const text = fc
  .string({ unit: "grapheme", maxLength: 60 })
  .map((raw) => raw.replaceAll("\0", "").trim())
  .filter((clean) => clean.length <= 200);
const range = fc
  .record({ from: fc.oneof(day, fc.constant("")), to: fc.oneof(day, fc.constant("")) })
  .filter(({ from, to }) => from !== "" || to !== "");

const anyQuery: fc.Arbitrary<ListQuery> = fc.record({
  q: text,
  sort: fc
    .uniqueArray(fc.constantFrom("loginId", "isEnabled", "lastLoginAt", "description"))
    .chain((names) => fc.tuple(...names.map((field) => fc.boolean().map((descending) => ({ field, descending }))))),
  page: fc.integer({ min: 1, max: 1_000_000 }),
  size: fc.integer({ min: 1, max: 100 }),
  filters: fc.record<Record<string, FilterValue>>(
    { loginId: text.filter((value) => value !== ""), isEnabled: fc.boolean(), groupIds: fc.uuid(), lastLoginAt: range },
    { requiredKeys: [] },
  ),
});

describe("listParams", () => {
  it("says nothing of the defaults", () => {
    expect(listParams(plain)).toEqual([]);
    expect(listHref("/admin/users", plain)).toBe("/admin/users");
  });

  it("leads back to every query", () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        expect(parse(Object.fromEntries(listParams(query)))).toEqual(query);
        expect(parseAddress(listHref("/admin/users", query))).toEqual(query);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("toggleSort", () => {
  const ascending = { field: "loginId", descending: false };
  const descending = { field: "loginId", descending: true };
  const other = { field: "lastLoginAt", descending: true };

  it.each<[string, ListQuery["sort"], boolean, ListQuery["sort"]]>([
    ["none, then ascending", [], false, [ascending]],
    ["ascending, then descending", [ascending], false, [descending]],
    ["descending, then none", [descending], false, []],
    ["another field alone gives way", [other], false, [ascending]],
    ["others give way", [other, ascending], false, [descending]],
    ["one more field goes last", [other], true, [other, ascending]],
    ["a field keeps its place among others", [ascending, other], true, [descending, other]],
    ["a field leaves the others", [descending, other], true, [other]],
  ])("%s", (_, before, keepOthers, after) => {
    expect(toggleSort(before, "loginId", keepOthers)).toEqual(after);
  });
});

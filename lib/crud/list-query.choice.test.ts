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
  unknownParams,
} from "./list-query";

/** Choices, columns, and the strict reading of the API; the rest of the language is in list-query.test.ts. */

const STATES = ["new", "in work", "done,gone", "toString"];

const fields: ListFields = {
  loginId: { sortable: true, filter: "text", isColumn: true },
  isEnabled: { sortable: true, filter: "boolean", isColumn: true },
  state: { filter: "choice", choices: STATES, isColumn: true },
  groupIds: { filter: "relation", isColumn: true },
  lastLoginAt: { sortable: true, filter: "dateRange", isColumn: true },
  requestId: { filter: "text" },
};
const COLUMNS = Object.keys(fields).filter((name) => fields[name]?.isColumn);

const ID = "018f3c5e-7a1b-7c3d-9e5f-0123456789ab";

const parse = (params: SearchParams) => parseListQuery(params, fields);
const parseAddress = (address: string) => parse(Object.fromEntries(new URL(address, "http://x").searchParams));

describe("a choice", () => {
  it.each(STATES)("is read: %s", (state) => {
    expect(parse({ state }).filters).toEqual({ state });
  });

  it.each(["", "NEW", " new", "new ", "gone", "done", "constructor", "new\0"])(
    "is not, when it is none: %j",
    (state) => {
      expect(parse({ state }).filters).toEqual({});
    },
  );

  it("cannot be made where the definition names none", () => {
    expect(parseListQuery({ state: "new" }, { state: { filter: "choice" } }).filters).toEqual({});
  });
});

describe("cols", () => {
  it.each<[string, SearchParams, string[] | undefined]>([
    ["in the order that is asked for", { cols: "state,loginId" }, ["state", "loginId"]],
    ["from the boxes of a form", { cols: ["loginId", "state"] }, ["loginId", "state"]],
    ["from both at once", { cols: ["loginId,isEnabled", "state"] }, ["loginId", "isEnabled", "state"]],
    ["each once", { cols: "state,loginId,state" }, ["state", "loginId"]],
    ["without what is no field", { cols: "password,state,__proto__,constructor,,id" }, ["state"]],
    ["without what is no column", { cols: "requestId,state" }, ["state"]],
    ["not at all where nothing is left", { cols: "requestId,x" }, undefined],
    ["not at all where nothing is said", { cols: "" }, undefined],
    ["not at all from no value", { cols: [] }, undefined],
  ])("are read %s", (_, params, cols) => {
    const query = parse(params);
    expect(query.cols).toEqual(cols);
    if (!cols) expect(query).not.toHaveProperty("cols");
  });

  it("stand in the address in their order", () => {
    expect(listHref("/admin/users", { ...parse({}), cols: ["state", "loginId"] })).toBe(
      "/admin/users?cols=state%2CloginId",
    );
  });
});

const day = fc
  .date({ min: new Date("1970-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const text = fc.string({ unit: "grapheme", maxLength: 40 }).map((raw) => raw.replaceAll("\0", "").trim());
const filled = text.filter((value) => value !== "");

const anyQuery: fc.Arbitrary<ListQuery> = fc
  .record({
    q: text,
    sort: fc
      .subarray(["loginId", "isEnabled", "lastLoginAt"])
      .chain((names) => fc.tuple(...names.map((field) => fc.boolean().map((descending) => ({ field, descending }))))),
    page: fc.integer({ min: 1, max: 1_000_000 }),
    size: fc.integer({ min: 1, max: 100 }),
    filters: fc.record<Record<string, FilterValue>>(
      {
        loginId: filled,
        requestId: filled,
        isEnabled: fc.boolean(),
        state: fc.constantFrom(...STATES),
        groupIds: fc.uuid(),
        lastLoginAt: fc.oneof(
          fc.record({ from: day, to: fc.constant("") }),
          fc.record({ from: fc.constant(""), to: day }),
          fc.record({ from: day, to: day }),
        ),
      },
      { requiredKeys: [] },
    ),
    cols: fc.shuffledSubarray(COLUMNS),
  })
  .map(({ cols, ...query }) => ({ ...query, ...(cols.length > 0 && { cols }) }));

describe("every query", () => {
  it("leads to an address that leads back to it, and that the API takes", () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        const params = Object.fromEntries(listParams(query));
        expect(parse(params)).toEqual(query);
        expect(parseAddress(listHref("/admin/users", query))).toEqual(query);
        expect(unknownParams(params, fields)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the API", () => {
  it.each<[string, SearchParams]>([
    ["nothing", {}],
    ["what is the default anyway", { q: "", page: "1", size: String(settings.list.pageSize) }],
    ["a filter of each kind", { loginId: "ann", isEnabled: "false", state: "done,gone", groupIds: ID }],
    ["open ranges", { lastLoginAt: "2026-01-01.." }],
    ["sort and columns", { sort: "-lastLoginAt,loginId", cols: "state,loginId" }],
    ["the largest page", { page: "1000000", size: "100" }],
  ])("takes %s", (_, params) => {
    expect(unknownParams(params, fields)).toEqual([]);
  });

  it.each<[string, SearchParams, string[]]>([
    ["what no field is called", { foo: "x", passwordHash: "x", sessionId: "x" }, ["foo", "passwordHash", "sessionId"]],
    ["what every object has", { constructor: "x", toString: "x" }, ["constructor", "toString"]],
    [
      "a filter with no such value",
      { isEnabled: "yes", groupIds: "1", state: "gone" },
      ["isEnabled", "groupIds", "state"],
    ],
    ["an empty filter", { isEnabled: "", loginId: "", state: "" }, ["isEnabled", "loginId", "state"]],
    ["half a range that is no day", { lastLoginAt: "2026-01-01..2026-02-30" }, ["lastLoginAt"]],
    ["the two inputs of a form", { lastLoginAtFrom: "2026-01-01" }, ["lastLoginAtFrom"]],
    ["sort by what cannot be sorted", { sort: "loginId,groupIds" }, ["sort"]],
    ["sort twice by the same", { sort: "loginId,-loginId" }, ["sort"]],
    ["an empty sort", { sort: "" }, ["sort"]],
    ["a column that is none", { cols: "loginId,password" }, ["cols"]],
    ["a column twice", { cols: "state,state" }, ["cols"]],
    ["no columns", { cols: "" }, ["cols"]],
    ["sizes out of range", { size: "101" }, ["size"]],
    ["no size", { size: "0" }, ["size"]],
    ["numbers in another spelling", { size: "+50", page: "01" }, ["size", "page"]],
    ["a page out of range", { page: "1000001" }, ["page"]],
    ["a page before the first", { page: "0" }, ["page"]],
    ["a search that would be cut", { q: "x".repeat(201) }, ["q"]],
    ["NUL", { q: "a\0b", loginId: "\0" }, ["q", "loginId"]],
    ["one name twice", { isEnabled: ["true", "false"], q: ["a"] }, ["isEnabled", "q"]],
    ["what is wrong, beside what is right", { q: "ann", page: "2", foo: "x" }, ["foo"]],
  ])("refuses %s", (_, params, wrong) => {
    expect(unknownParams(params, fields)).toEqual(wrong);
  });

  it("names every parameter that is added to a good address", () => {
    const known = ["q", "sort", "page", "size", "cols", ...Object.keys(fields)];
    const stranger = fc.string({ minLength: 1 }).filter((name) => !known.includes(name) && name !== "__proto__");
    fc.assert(
      fc.property(anyQuery, stranger, fc.string(), (query, name, value) => {
        expect(unknownParams({ ...Object.fromEntries(listParams(query)), [name]: value }, fields)).toEqual([name]);
      }),
      { numRuns: 300 },
    );
  });

  it("acts on exactly what it takes", () => {
    const anything = fc.dictionary(
      fc.constantFrom("q", "sort", "page", "size", "cols", ...Object.keys(fields)),
      fc.oneof(
        fc.string(),
        fc.constantFrom("", "1", "7", "101", "true", "new", ID, "loginId", "-loginId,isEnabled", "2026-01-01.."),
      ),
    );
    const defaults: SearchParams = { q: "", page: "1", size: String(settings.list.pageSize) };
    fc.assert(
      fc.property(anything, (params) => {
        const wrong = unknownParams(params, fields);
        const accepted = Object.fromEntries(Object.entries(params).filter(([name]) => !wrong.includes(name)));
        const done = Object.fromEntries(listParams(parse(accepted)));
        // Blanks around a value are nobody's mistake.
        const trimmed = Object.entries(accepted).map(([name, value]) => [name, String(value).trim()] as const);
        const notDefault = trimmed.filter(([name, value]) => defaults[name] !== value);
        expect(done).toEqual(Object.fromEntries(notDefault));
        expect(unknownParams(accepted, fields)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

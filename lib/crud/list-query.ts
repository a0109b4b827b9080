import { settings } from "@/lib/config/settings";
import { isDay } from "./days";
import { isUuid } from "./ids";

/**
 * What a list shows, as it stands in the URL: `q`, `sort=field,-field`, `page`, `size`, and one parameter per filterable
 * field. The URL is the only state of a list; pages ignore what they do not know.
 */
export type ListQuery = {
  q: string;
  sort: { field: string; descending: boolean }[];
  /** From 1. */
  page: number;
  size: number;
  filters: Record<string, FilterValue>;
};

export type FilterKind = "text" | "boolean" | "relation" | "dateRange";

/** A text or an id; true or false; or two days (ISO, each may be empty) of which the second counts whole. */
export type FilterValue = string | boolean | { from: string; to: string };

/** The part of an entity's list that the URL speaks of. */
export type ListFields = Record<string, { sortable?: boolean; filter?: FilterKind }>;

export type SearchParams = Record<string, string | string[] | undefined>;

const MAX_PAGE = 1_000_000;
const MAX_SIZE = 100;

/** PostgreSQL text cannot hold NUL. */
const cleanText = (raw: string) => [...raw.replaceAll("\0", "").trim()].slice(0, 200).join("").trim();

function parseFilter(kind: FilterKind, raw: string): FilterValue | undefined {
  switch (kind) {
    case "text":
      return cleanText(raw) || undefined;
    case "boolean":
      return raw === "true" || raw === "false" ? raw === "true" : undefined;
    case "relation":
      return isUuid(raw) ? raw : undefined;
    case "dateRange": {
      const [from = "", to = ""] = raw.split("..");
      const range = { from: isDay(from) ? from : "", to: isDay(to) ? to : "" };
      return range.from || range.to ? range : undefined;
    }
  }
}

const wholeNumber = (raw: string | undefined, otherwise: number, max: number) =>
  raw !== undefined && /^\d{1,7}$/.test(raw) ? Math.min(Math.max(Number(raw), 1), max) : otherwise;

function parseSort(raw: string | undefined, fields: ListFields): ListQuery["sort"] {
  const seen = new Set<string>();
  return (raw ?? "").split(",").flatMap((part) => {
    const descending = part.startsWith("-");
    const field = descending ? part.slice(1) : part;
    if (!Object.hasOwn(fields, field) || !fields[field]?.sortable || seen.has(field)) return [];
    seen.add(field);
    return [{ field, descending }];
  });
}

/** Reads a list's state from the parameters of its address. */
export function parseListQuery(params: SearchParams, fields: ListFields): ListQuery {
  const single = (name: string) => {
    const value = params[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const filters: ListQuery["filters"] = {};
  for (const [name, { filter }] of Object.entries(fields)) {
    // The two ends of a range come as separate inputs from a form without scripts.
    const range = filter === "dateRange" && `${single(`${name}From`) ?? ""}..${single(`${name}To`) ?? ""}`;
    const raw = single(name) ?? (range && range !== ".." ? range : undefined);
    const value = filter && raw !== undefined ? parseFilter(filter, raw) : undefined;
    if (value !== undefined) filters[name] = value;
  }
  return {
    q: cleanText(single("q") ?? ""),
    sort: parseSort(single("sort"), fields),
    page: wholeNumber(single("page"), 1, MAX_PAGE),
    size: wholeNumber(single("size"), settings.list.pageSize, MAX_SIZE),
    filters,
  };
}

export const formatFilter = (value: FilterValue): string =>
  typeof value === "object" ? `${value.from}..${value.to}` : String(value);

export const formatSort = (sort: ListQuery["sort"]): string =>
  sort.map(({ field, descending }) => (descending ? `-${field}` : field)).join(",");

/** The parameters that lead to `query`, without those that say what is the default. */
export function listParams(query: ListQuery): [name: string, value: string][] {
  return [
    ...(query.q ? ([["q", query.q]] as [string, string][]) : []),
    ...Object.entries(query.filters).map(([name, value]): [string, string] => [name, formatFilter(value)]),
    ...(query.sort.length > 0 ? ([["sort", formatSort(query.sort)]] as [string, string][]) : []),
    ...(query.size === settings.list.pageSize ? [] : ([["size", String(query.size)]] as [string, string][])),
    ...(query.page > 1 ? ([["page", String(query.page)]] as [string, string][]) : []),
  ];
}

/** The address of the list at `path` in the state `query`. */
export function listHref(path: string, query: ListQuery): string {
  const params = new URLSearchParams(listParams(query)).toString();
  return params ? `${path}?${params}` : path;
}

/** What a click on a header makes of the sort: ascending, then descending, then none. */
export function toggleSort(sort: ListQuery["sort"], field: string, keepOthers: boolean): ListQuery["sort"] {
  const now = sort.find((entry) => entry.field === field);
  const next = !now ? [{ field, descending: false }] : now.descending ? [] : [{ field, descending: true }];
  if (!keepOthers) return next;
  return now ? sort.flatMap((entry) => (entry.field === field ? next : [entry])) : [...sort, ...next];
}

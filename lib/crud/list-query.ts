import { settings } from "@/lib/config/settings";
import { isDay } from "./days";
import { isUuid } from "./ids";

/**
 * What a list shows, as it stands in the URL: `q`, `sort=field,-field`, `page`, `size`, `cols`, and one parameter per
 * filterable field. The URL is the only state of a list; pages ignore what they do not know.
 */
export type ListQuery = {
  q: string;
  sort: { field: string; descending: boolean }[];
  /** From 1. */
  page: number;
  size: number;
  filters: Record<string, FilterValue>;
  /** The columns to show, in this order; absent for those of the definition. */
  cols?: string[];
};

export type FilterKind = "text" | "boolean" | "choice" | "relation" | "dateRange";

/** A text, a choice or an id; true or false; or two days (ISO, each may be empty) of which the second counts whole. */
export type FilterValue = string | boolean | { from: string; to: string };

/** The part of an entity's list that the URL speaks of. */
export type ListFields = Record<
  string,
  {
    sortable?: boolean;
    filter?: FilterKind;
    /** What a choice may be. */
    choices?: readonly string[];
    /** Whether the list can show it as a column. */
    isColumn?: boolean;
  }
>;

export type SearchParams = Record<string, string | string[] | undefined>;

const MAX_PAGE = 1_000_000;
const MAX_SIZE = 100;

/** PostgreSQL text cannot hold NUL. */
const cleanText = (raw: string) => [...raw.replaceAll("\0", "").trim()].slice(0, 200).join("").trim();

function parseFilter({ filter, choices }: ListFields[string], raw: string): FilterValue | undefined {
  switch (filter) {
    case "text":
      return cleanText(raw) || undefined;
    case "boolean":
      return raw === "true" || raw === "false" ? raw === "true" : undefined;
    case "choice":
      return choices?.includes(raw) ? raw : undefined;
    case "relation":
      return isUuid(raw) ? raw : undefined;
    case "dateRange": {
      const [from = "", to = ""] = raw.split("..");
      const range = { from: isDay(from) ? from : "", to: isDay(to) ? to : "" };
      return range.from || range.to ? range : undefined;
    }
    case undefined:
      return undefined;
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

function parseColumns(raw: string, fields: ListFields): string[] {
  const names = raw.split(",").filter((name) => Object.hasOwn(fields, name) && fields[name]?.isColumn);
  return [...new Set(names)];
}

/** Reads a list's state from the parameters of its address. */
export function parseListQuery(params: SearchParams, fields: ListFields): ListQuery {
  const single = (name: string) => {
    const value = params[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const filters: ListQuery["filters"] = {};
  for (const [name, field] of Object.entries(fields)) {
    // The two ends of a range come as separate inputs from a form without scripts.
    const range = field.filter === "dateRange" && `${single(`${name}From`) ?? ""}..${single(`${name}To`) ?? ""}`;
    const raw = single(name) ?? (range && range !== ".." ? range : undefined);
    const value = raw === undefined ? undefined : parseFilter(field, raw);
    if (value !== undefined) filters[name] = value;
  }
  // One parameter from an address, several from the checkboxes of a form.
  const cols = parseColumns([params.cols ?? []].flat().join(","), fields);
  return {
    q: cleanText(single("q") ?? ""),
    sort: parseSort(single("sort"), fields),
    page: wholeNumber(single("page"), 1, MAX_PAGE),
    size: wholeNumber(single("size"), settings.list.pageSize, MAX_SIZE),
    filters,
    ...(cols.length > 0 && { cols }),
  };
}

/**
 * The parameters of an address that a list could not take as they are: unknown ones, and values that are none of theirs.
 * Pages ignore them; the API refuses them (400).
 */
export function unknownParams(params: SearchParams, fields: ListFields): string[] {
  const taken = new Map(listParams(parseListQuery(params, fields)));
  const isDefault = (name: string, value: string) =>
    (name === "q" && value === "") ||
    (name === "page" && value === "1") ||
    (name === "size" && value === String(settings.list.pageSize));
  return Object.entries(params).flatMap(([name, value]) => {
    if (typeof value !== "string") return [name];
    return taken.get(name) === value.trim() || isDefault(name, value.trim()) ? [] : [name];
  });
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
    ...(query.cols ? ([["cols", query.cols.join(",")]] as [string, string][]) : []),
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

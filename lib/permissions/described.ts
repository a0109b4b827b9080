import { getLocale, getTranslations } from "next-intl/server";
import type { Context } from "@/lib/context";
import type { ListQuery } from "@/lib/crud/list-query";
import type { Page } from "@/lib/crud/page";
import { isPermission } from "@/lib/permissions";
import { allPermissions, type PermissionRow } from "./service";

/** A permission, described in the reader's language; with the stored text for a token that is not declared here. */
export async function described<Row extends { token: string; description: string }>(row: Row): Promise<Row> {
  const t = await getTranslations("permissions");
  return { ...row, description: isPermission(row.token) ? t(row.token) : row.description };
}

/** All permissions, described in the reader's language. */
export const describedPermissions = async (ctx: Context): Promise<PermissionRow[]> =>
  Promise.all((await allPermissions(ctx)).map(described));

/** One page of them, searched and sorted by what the reader sees, which the database does not know. */
export async function listDescribed(ctx: Context, query: ListQuery): Promise<Page<PermissionRow>> {
  const { compare } = new Intl.Collator(await getLocale());
  const has = (text: string, part: unknown) => text.toLowerCase().includes(String(part ?? "").toLowerCase());
  const matching = (await describedPermissions(ctx)).filter(
    ({ token, description }) =>
      has(`${token} ${description}`, query.q) &&
      has(token, query.filters.token) &&
      has(description, query.filters.description),
  );
  const by = (a: PermissionRow, b: PermissionRow) => {
    for (const { field, descending } of query.sort) {
      const key = field === "description" ? "description" : "token";
      const order = compare(a[key], b[key]);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
  const start = (query.page - 1) * query.size;
  const items = matching.sort(by).slice(start, start + query.size);
  return { items, total: matching.length, totalIsEstimate: false };
}

import { getFormatter, getTranslations } from "next-intl/server";
import { contextOf } from "@/lib/auth/guards";
import type { Principal } from "@/lib/auth/principal";
import { keyOfColumn } from "@/lib/crud/columns";
import { type Field, listColumns, type StoredRow } from "@/lib/crud/entity";
import type { ExportValue } from "@/lib/crud/export/cells";
import { csvChunks } from "@/lib/crud/export/csv";
import { toStream } from "@/lib/crud/export/stream";
import { XLSX_MAX_ROWS, xlsxChunks } from "@/lib/crud/export/xlsx";
import { listHref, parseListQuery } from "@/lib/crud/list-query";
import { listFieldsOf, whereOf } from "@/lib/crud/list-sql";
import { countExactly } from "@/lib/crud/page";
import { everyRow } from "@/lib/crud/rows";
import { onReplica } from "@/lib/db/replica";
import type { AuditChanges } from "@/lib/db/schema/events";
import type { AdminEntity, EntityTexts } from "@/lib/entities";
import { Invalid } from "@/lib/errors";
import { setFlash } from "@/lib/flash";
import { problem } from "@/lib/problem";
import { everyFieldLabel } from "./field-labels";

const TYPES = {
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;

const plain = (value: unknown): string => (Array.isArray(value) ? value.join(", ") : String(value ?? ""));

const changesText = (changes: AuditChanges, labels: Record<string, string>): string =>
  Object.entries(changes)
    .map(([field, { from, to }]) => {
      const [before, after] = [from, to].map((value) => labels[`${field}.${value}`] ?? plain(value));
      return `${labels[field] ?? field}: ${before} → ${after}`;
    })
    .join("; ");

type Words = { t: EntityTexts; fieldsOf: Record<string, Record<string, string>> };

function cellOf(name: string, { kind, column, relation }: Field, row: StoredRow, { t, fieldsOf }: Words): ExportValue {
  const value = relation ? row[name] : column && row[keyOfColumn(column)];
  if (kind === "changes") return changesText((value ?? {}) as AuditChanges, fieldsOf[String(row.entity)] ?? {});
  const key = `choices.${name}.${value}`;
  return kind === "choice" && t.has(key) ? t(key) : ((value ?? null) as ExportValue);
}

/** A workbook holds only so many rows: whoever wants more is told before the download begins. */
async function tooMany(request: Request, listAddress: string): Promise<Response> {
  if (request.headers.get("sec-fetch-dest") !== "document") return problem(413, "Too many rows for XLSX");
  const max = (await getFormatter()).number(XLSX_MAX_ROWS);
  await setFlash({ kind: "alert", key: "exportTooMany", params: { max } });
  return new Response(null, { status: 303, headers: { location: listAddress } });
}

/**
 * All rows that match the list's own parameters as a file, in the visible columns and their order.
 * @throws Invalid for an unknown format
 */
export async function exportOf(
  { definition, texts }: AdminEntity,
  principal: Principal,
  request: Request,
): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const format = searchParams.get("format");
  if (format !== "csv" && format !== "xlsx") throw new Invalid({ format: { key: "unknownFormat" } });
  const ctx = await contextOf(principal);
  const query = parseListQuery(Object.fromEntries(searchParams), listFieldsOf(ctx, definition));
  if (
    format === "xlsx" &&
    (await onReplica(ctx.db, (db) => countExactly(db, definition.table, whereOf(ctx, definition, query)))) >
      XLSX_MAX_ROWS
  ) {
    return tooMany(request, listHref(`/admin/${definition.name}`, query));
  }
  const [t, tList] = await Promise.all([texts(), getTranslations("list")]);
  const columns = listColumns(ctx, definition, query.cols);
  const fieldsOf = columns.some(([, { kind }]) => kind === "changes") ? await everyFieldLabel() : {};
  const header = columns.map(([name]) => t(`fields.${name}`));
  const names = columns.map(([name]) => name);
  async function* batches(): AsyncGenerator<ExportValue[][]> {
    for await (const rows of everyRow(ctx, definition, query, names)) {
      yield rows.map((row) => columns.map(([name, field]) => cellOf(name, field, row, { t, fieldsOf })));
    }
  }
  const words = { yes: tList("yes"), no: tList("no") };
  const chunks =
    format === "csv" ? csvChunks(header, batches(), words) : xlsxChunks(t("title"), header, batches(), words);
  const day = new Date().toISOString().slice(0, 10);
  const headers = {
    "content-type": TYPES[format],
    "content-disposition": `attachment; filename="${definition.name}-${day}.${format}"`,
  };
  // Nobody would read the rows, and nobody would say so.
  if (request.method === "HEAD") return new Response(null, { headers });
  return new Response(await toStream(chunks), { headers });
}

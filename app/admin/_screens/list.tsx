import { setPreference } from "@/app/preferences";
import type { Deletion } from "@/components/crud/delete-dialog";
import { ListPage } from "@/components/crud/list-page";
import type { CellKind, CellValue } from "@/components/data-table/cell";
import type { Row } from "@/components/data-table/data-table";
import { satisfies } from "@/lib/auth/conditions";
import { contextOf } from "@/lib/auth/guards";
import type { Principal } from "@/lib/auth/principal";
import type { Context } from "@/lib/context";
import { keyOfColumn } from "@/lib/crud/columns";
import { type Entity, type Field, labelOf, listColumns, type StoredRow, visibleFields } from "@/lib/crud/entity";
import { listRows } from "@/lib/crud/list";
import { listHref, parseListQuery, type SearchParams } from "@/lib/crud/list-query";
import { listFieldsOf } from "@/lib/crud/list-sql";
import { relationOptions } from "@/lib/crud/relations";
import type { AdminEntity, EntityTexts } from "@/lib/entities";
import { problemTexts } from "@/lib/i18n/problem-text";
import { firstTab } from "./record-tabs";

type Cells = Record<string, (row: StoredRow) => CellValue>;

type ListScreenProps = {
  entity: AdminEntity;
  principal: Principal;
  searchParams: SearchParams;
  /** Asks before a row is deleted, without leaving the list. */
  deletion?: Deletion;
  /** Cells that are drawn otherwise than their kind says, by field; a function looks up what those of a page need. */
  cells?: Cells | ((rows: StoredRow[]) => Promise<Cells>);
  /** Further controls of a row. */
  extra?: (row: StoredRow) => React.ReactNode;
  /** The menu entry that the list belongs to; its own, if absent. */
  here?: string;
  /** What comes between the heading and the list. */
  above?: React.ReactNode;
};

const CELL_KINDS: Partial<Record<Field["kind"], CellKind>> = {
  code: "code",
  boolean: "boolean",
  day: "dateTime",
  dateTime: "dateTime",
  relation: "list",
  permissions: "list",
};

/** Choices are shown by their words, and everything else as it is. */
function cellOf(name: string, { kind, column, relation }: Field, row: StoredRow, t: EntityTexts): CellValue {
  const value = (relation ? row[name] : column && row[keyOfColumn(column)]) as CellValue | undefined;
  const key = `choices.${name}.${value}`;
  return kind === "choice" && typeof value === "string" && t.has(key) ? t(key) : (value ?? null);
}

async function filtersOf(ctx: Context, entity: Entity, t: EntityTexts, chosen: Record<string, unknown>) {
  return Promise.all(
    visibleFields(ctx, entity).flatMap(([id, { filter, choices, relation }]) => {
      if (!filter) return [];
      const held = typeof chosen[id] === "string" ? [chosen[id]] : [];
      return [
        (async () => ({
          id,
          label: t(`fields.${id}`),
          kind: filter,
          ...(choices && { options: choices.map((value) => ({ id: value, label: t(`choices.${id}.${value}`) })) }),
          ...(relation && { options: (await relationOptions(ctx.db, relation, held)).options }),
        }))(),
      ];
    }),
  );
}

/** The list of an entity, drawn from its definition. */
export async function ListScreen(props: ListScreenProps) {
  const { entity, principal, searchParams, deletion, extra, here, above } = props;
  const { definition } = entity;
  const { name, access } = definition;
  const path = `/admin/${name}`;
  const ctx = await contextOf(principal);
  const fields = listFieldsOf(ctx, definition);
  const query = parseListQuery(searchParams, fields);
  const columns = listColumns(ctx, definition, query.cols);
  const t = await entity.texts();
  const [page, filters, reasonText] = await Promise.all([
    listRows(
      ctx,
      definition,
      query,
      columns.map(([id]) => id),
    ),
    filtersOf(ctx, definition, t, query.filters),
    problemTexts(),
  ]);
  const cells = typeof props.cells === "function" ? await props.cells(page.items) : (props.cells ?? {});
  const from = encodeURIComponent(listHref(path, query));
  const may = (action: "add" | "edit" | "delete") => {
    const condition = access[action];
    // What has no form has no pages for its records either.
    return definition.editing !== undefined && condition !== undefined && satisfies(principal, condition);
  };
  const bulkActions = Object.entries(definition.bulk ?? {})
    .filter(([, action]) => satisfies(principal, action.access))
    .map(([id]) => ({ id, label: t(`bulk.${id}`) }));

  const tab = firstTab(definition, may("edit"));

  const rowOf = (row: StoredRow): Row => {
    const refusals = { edit: definition.rowRule?.(ctx, row, "edit"), delete: definition.rowRule?.(ctx, row, "delete") };
    const editHref = may("edit") && !refusals.edit && `${path}/${row.id}/edit?from=${from}`;
    const deleteHref = may("delete") && !refusals.delete && `${path}/${row.id}/delete?from=${from}`;
    const locked = may("edit") && refusals.edit && reasonText(refusals.edit);
    return {
      id: String(row.id),
      name: labelOf(definition, row),
      ...(tab && { href: `${path}/${row.id}/${tab}?from=${from}` }),
      ...(editHref && { editHref }),
      ...(deleteHref && { deleteHref }),
      ...(locked && { locked }),
      ...(extra && { extra: extra(row) }),
      cells: Object.fromEntries(columns.map(([id, field]) => [id, cells[id]?.(row) ?? cellOf(id, field, row, t)])),
    };
  };
  return (
    <ListPage
      principal={principal}
      setPreference={setPreference}
      title={t("title")}
      intro={t("intro")}
      {...(here && { here })}
      above={above}
      path={path}
      query={query}
      fields={fields}
      columns={columns.map(([id, { kind, sortable }]) => ({
        id,
        label: t(`fields.${id}`),
        kind: CELL_KINDS[kind] ?? "text",
        isSortable: sortable ?? false,
      }))}
      allColumns={listColumns(ctx, definition, "all").map(([id]) => ({ id, label: t(`fields.${id}`) }))}
      filters={filters}
      rows={page.items.map(rowOf)}
      total={page.total}
      totalIsEstimate={page.totalIsEstimate}
      isExportable
      bulkActions={bulkActions}
      {...(deletion && may("delete") && { deletion })}
      {...(may("add") && { add: { href: `${path}/add?from=${from}`, label: t("add") } })}
      empty={{ title: t("emptyTitle"), text: t("emptyText") }}
    />
  );
}

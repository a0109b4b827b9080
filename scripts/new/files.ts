import type { Labels } from "./labels";
import type { Names } from "./names";
import { accessFile, entityFile, schemaFile, serviceFile, tableFile } from "./templates/feature";
import { actionsFile, bulkPage, exportRoute, listPage } from "./templates/list";
import { addPage, deletePage, editPage, formFile, historyPage } from "./templates/pages";
import { browserTest, serviceTest } from "./templates/tests";

/** Folders and files that must not be there yet. */
export const placesFor = ({ plural }: Names): string[] => [
  `lib/db/schema/${plural.kebab}.ts`,
  `lib/${plural.kebab}`,
  `app/admin/${plural.kebab}`,
  `app/api/${plural.kebab}`,
  `e2e/${plural.kebab}.spec.ts`,
];

/** The new files by path. */
export function filesOf(names: Names, labels: Labels): Record<string, string> {
  const [lib, app] = [`lib/${names.plural.kebab}`, `app/admin/${names.plural.kebab}`];
  return {
    [`lib/db/schema/${names.plural.kebab}.ts`]: tableFile(names),
    [`${lib}/schema.ts`]: schemaFile(names),
    [`${lib}/access.ts`]: accessFile(names),
    [`${lib}/entity.ts`]: entityFile(names),
    [`${lib}/service.ts`]: serviceFile(names),
    [`${lib}/service.test.ts`]: serviceTest(names),
    [`${app}/page.tsx`]: listPage(names),
    [`${app}/add/page.tsx`]: addPage(names),
    [`${app}/[id]/edit/page.tsx`]: editPage(names),
    [`${app}/[id]/delete/page.tsx`]: deletePage(names),
    [`${app}/[id]/history/page.tsx`]: historyPage(names),
    [`${app}/bulk/page.tsx`]: bulkPage(names),
    [`${app}/export/route.ts`]: exportRoute(names),
    [`${app}/form.tsx`]: formFile(names),
    [`${app}/actions.ts`]: actionsFile(names),
    [`e2e/${names.plural.kebab}.spec.ts`]: browserTest(names, labels.en),
  };
}

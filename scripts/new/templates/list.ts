import type { Names } from "@/scripts/new/names";
import { entityOf } from "./pages";

/** The list, what is done to many records at once, the export, and the server actions. */

export const listPage = ({ plural, singular, texts }: Names) => `import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ListScreen } from "@/app/admin/_screens/list";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/${plural.kebab}/access";
import { previewDeletion, remove${singular.pascal} } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("${texts}"))("title") };
}

export default async function ${plural.pascal}Page({ searchParams }: PageProps<"/admin/${plural.kebab}">) {
  const principal = await requirePermissions(access.list);
  return (
    <ListScreen
      entity={${entityOf(plural.kebab)}}
      principal={principal}
      searchParams={await searchParams}
      deletion={{ preview: previewDeletion, action: remove${singular.pascal} }}
    />
  );
}
`;

export const bulkPage = ({ plural, singular }: Names) => `import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { BulkScreen } from "@/app/admin/_screens/bulk";
import { runBulk } from "@/app/admin/${plural.kebab}/actions";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/${plural.kebab}/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("bulk"))("title") };
}

export default async function ${singular.pascal}BulkPage({ searchParams }: PageProps<"/admin/${plural.kebab}/bulk">) {
  const principal = await requirePermissions(access.list);
  return (
    <BulkScreen
      entity={${entityOf(plural.kebab)}}
      principal={principal}
      searchParams={await searchParams}
      action={runBulk}
    />
  );
}
`;

export const exportRoute = ({ plural }: Names) => `import { exportOf } from "@/app/admin/_screens/export";
import { guardHandler } from "@/lib/auth/handler";
import { entities } from "@/lib/entities";
import { access } from "@/lib/${plural.kebab}/access";

/** All matching rows as a file: \`?format=csv|xlsx\` beside the list's own parameters. */
export const GET = guardHandler(access.list, (request, principal) =>
  exportOf(${entityOf(plural.kebab)}, principal, request),
);
`;

const formAction = (name: string, allow: string, verb: string, entity: string) => `
export async function ${name}(_state: FormState<Values>, form: FormData): Promise<FormState<Values>> {
  const principal = await requirePermissions(access.${allow});
  return ${verb}(${entity}, principal, form);
}
`;

export const actionsFile = ({ plural, singular }: Names) => `"use server";

import { deletionOf } from "@/app/admin/_screens/delete";
import type { DeletePreview } from "@/components/crud/delete-confirm";
import { requirePermissions } from "@/lib/auth/guards";
import { addFrom, bulkFrom, deleteFrom, saveFrom } from "@/lib/crud/actions";
import type { BulkState } from "@/lib/crud/bulk-state";
import type { Values } from "@/lib/crud/entity";
import type { FormState } from "@/lib/crud/form-state";
import { access } from "@/lib/${plural.kebab}/access";
import { ${singular.camel}Entity } from "@/lib/${plural.kebab}/entity";
${formAction(`add${singular.pascal}`, "add", "addFrom", `${singular.camel}Entity`)}${formAction(`save${singular.pascal}`, "edit", "saveFrom", `${singular.camel}Entity`)}
export async function previewDeletion(id: string): Promise<DeletePreview> {
  const principal = await requirePermissions(access.delete);
  return deletionOf(${singular.camel}Entity, principal, id);
}
${formAction(`remove${singular.pascal}`, "delete", "deleteFrom", `${singular.camel}Entity`)}
export async function runBulk(state: BulkState, form: FormData): Promise<BulkState> {
  const principal = await requirePermissions(access.list);
  return bulkFrom(${singular.camel}Entity, principal, state, form);
}
`;

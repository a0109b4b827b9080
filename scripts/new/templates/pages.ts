import type { Names } from "@/scripts/new/names";

/** The pages of one record and the page that adds one; each names its guard and the screen that draws it. */

export const formFile = ({ plural, singular }: Names) => `"use client";

import { EntityForm, type EntityFormProps } from "@/components/crud/entity-form";
import { ${singular.camel}Schema } from "@/lib/${plural.kebab}/schema";

/** Brings the schema to the browser; the rest follows from the definition. */
export function ${singular.pascal}Form(props: EntityFormProps) {
  return <EntityForm schema={${singular.camel}Schema} {...props} />;
}
`;

export const addPage = ({ plural, singular, texts }: Names) => `import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AddScreen } from "@/app/admin/_screens/form";
import { add${singular.pascal} } from "@/app/admin/${plural.kebab}/actions";
import { ${singular.pascal}Form } from "@/app/admin/${plural.kebab}/form";
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/${plural.kebab}/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("${texts}"))("addTitle") };
}

export default async function Add${singular.pascal}Page({ searchParams }: PageProps<"/admin/${plural.kebab}/add">) {
  const principal = await requirePermissions(access.add);
  return (
    <AddScreen
      entity={${entityOf(plural.kebab)}}
      principal={principal}
      searchParams={await searchParams}
      action={add${singular.pascal}}
      Form={${singular.pascal}Form}
    />
  );
}
`;

type RecordPage = {
  /** The segment of the address, and what the component is called by it. */
  segment: "edit" | "delete" | "history";
  name: "Edit" | "Delete" | "History";
  /** Where the page's title stands in the messages. */
  title: [namespace: string, key: string];
  screen: string;
  allow: "edit" | "delete" | "list";
  imports?: string[];
  props?: string[];
};

function recordPage({ plural, singular }: Names, page: RecordPage): string {
  const { segment, name, title, screen, allow, imports = [], props = [] } = page;
  const component = name === "History" ? `${singular.pascal}HistoryPage` : `${name}${singular.pascal}Page`;
  return `import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
${[`import { ${screen} } from "@/app/admin/_screens/${screenFile(screen)}";`, ...imports].join("\n")}
import { requirePermissions } from "@/lib/auth/guards";
import { entities } from "@/lib/entities";
import { access } from "@/lib/${plural.kebab}/access";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("${title[0]}"))("${title[1]}") };
}

export default async function ${component}({
  params,
  searchParams,
}: PageProps<"/admin/${plural.kebab}/[id]/${segment}">) {
  const principal = await requirePermissions(access.${allow});
  return (
    <${screen}
      entity={${entityOf(plural.kebab)}}
      principal={principal}
      id={(await params).id}
      searchParams={await searchParams}
${props.map((prop) => `      ${prop}\n`).join("")}    />
  );
}
`;
}

const screenFile = (screen: string) => ({ EditScreen: "form", DeleteScreen: "delete" })[screen] ?? "history";

export const editPage = (names: Names) =>
  recordPage(names, {
    segment: "edit",
    name: "Edit",
    title: ["list", "edit"],
    screen: "EditScreen",
    allow: "edit",
    imports: [
      `import { save${names.singular.pascal} } from "@/app/admin/${names.plural.kebab}/actions";`,
      `import { ${names.singular.pascal}Form } from "@/app/admin/${names.plural.kebab}/form";`,
    ],
    props: [`action={save${names.singular.pascal}}`, `Form={${names.singular.pascal}Form}`],
  });

export const deletePage = (names: Names) =>
  recordPage(names, {
    segment: "delete",
    name: "Delete",
    title: ["deletion", "submit"],
    screen: "DeleteScreen",
    allow: "delete",
    imports: [`import { remove${names.singular.pascal} } from "@/app/admin/${names.plural.kebab}/actions";`],
    props: [`action={remove${names.singular.pascal}}`],
  });

export const historyPage = (names: Names) =>
  recordPage(names, {
    segment: "history",
    name: "History",
    title: ["tabs", "history"],
    screen: "HistoryScreen",
    allow: "list",
  });

/** The entity as the pages know it. */
export function entityOf(kebab: string): string {
  return kebab.includes("-") ? `entities["${kebab}"]` : `entities.${kebab}`;
}

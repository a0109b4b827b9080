import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { filesOf, placesFor } from "./files";
import { addAboveAnchor, addImport, addImportedName, addTexts } from "./insert";
import { type Labels, within } from "./labels";
import type { Names } from "./names";
import { Refusal } from "./refusal";
import { placesOf, textsIn } from "./texts";

/** What the generator would do: new files, and files with lines added; all of it decided before anything is written. */
export type Plan = { created: Record<string, string>; changed: Record<string, string> };

const ICON = "Table2";

const quoted = (key: string) => (key.includes("-") ? JSON.stringify(key) : key);

type Change = (file: string, code: string) => string;

/** The lines that make an entity known, by file. */
function codeChanges({ plural, singular, texts, view, manage }: Names, labels: Labels): Record<string, Change> {
  const [key, entity, access] = [quoted(plural.kebab), `${singular.camel}Entity`, `${plural.camel}Access`];
  const them = within(labels.en.plural);
  return {
    "lib/entity-names.ts": (file, code) => addAboveAnchor(file, code, `"${plural.kebab}",`),
    "lib/entities.ts": (file, code) =>
      addAboveAnchor(
        file,
        addImport(file, code, { name: entity }, `@/lib/${plural.kebab}/entity`),
        `${key}: adminEntity(${entity}, () => getTranslations("${texts}")),`,
      ),
    "lib/routes.ts": (file, code) =>
      addAboveAnchor(
        file,
        addImport(file, code, { name: "access", as: access }, `@/lib/${plural.kebab}/access`),
        `...entity("${plural.kebab}", ${access}),`,
      ),
    "lib/permissions.ts": (file, code) =>
      addAboveAnchor(file, code, `"${view}": "see ${them}",`, `"${manage}": "add, change and delete ${them}",`),
    "components/layout/menu.tsx": (file, code) =>
      addImportedName(file, addAboveAnchor(file, code, `${key}: ${ICON},`), "lucide-react", ICON),
  };
}

function read(root: string, file: string): string {
  try {
    return readFileSync(path.join(root, file), "utf8");
  } catch {
    throw new Refusal(`${file} is missing; a new entity needs a line in it. Run this in the folder of the project.`);
  }
}

function assertFree(root: string, names: Names): void {
  const present = placesFor(names).find((place) => existsSync(path.join(root, place)));
  if (present) {
    throw new Refusal(
      `${present} exists already. Choose another name; docs/add-an-entity.md says how to remove an entity.`,
    );
  }
  const folder = "lib/db/schema";
  const own = new RegExp(`(pgTable|namedTable)\\(\\s*"${names.table}"`);
  const holder = readdirSync(path.join(root, folder)).find((file) => own.test(read(root, `${folder}/${file}`)));
  if (holder) throw new Refusal(`${folder}/${holder} has a table "${names.table}" already. Choose another name.`);
}

function languages(root: string): string[] {
  return readdirSync(path.join(root, "messages"))
    .flatMap((file) => /^([\w-]+)\.json$/.exec(file)?.[1] ?? [])
    .sort();
}

/**
 * The plan for a new entity in the project at `root`.
 * @throws Refusal, in which case there is nothing to undo
 */
export function planOf(root: string, names: Names, labels: Labels): Plan {
  const changes = codeChanges(names, labels);
  const present = Object.fromEntries(Object.keys(changes).map((file) => [file, read(root, file)]));
  assertFree(root, names);
  const changed = Object.fromEntries(
    Object.entries(changes).map(([file, change]) => [file, change(file, present[file] ?? "")]),
  );
  for (const language of languages(root)) {
    const file = `messages/${language}.json`;
    changed[file] = addTexts(file, read(root, file), placesOf(names, textsIn(language, labels)));
  }
  return { created: filesOf(names, labels), changed };
}

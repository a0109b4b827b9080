import { type LabelOptions, type Labels, labelsOf } from "./labels";
import { type Names, namesOf } from "./names";
import { type Plan, planOf } from "./plan";
import { format, writeMigration } from "./tools";
import { writePlan } from "./write";

export type EntityOptions = LabelOptions & { singular?: string; dryRun?: boolean };

type Print = (line: string) => void;

const listed = (files: string[]) => files.map((file) => `  ${file}`).join("\n");

function describe({ created, changed }: Plan, migrations: string[], tense: "would be" | "were"): string {
  return [
    `New files that ${tense} written:`,
    listed([...Object.keys(created), ...migrations.map((name) => `drizzle/…_${name}.sql`)]),
    `Files to which lines ${tense} added:`,
    listed(Object.keys(changed)),
  ].join("\n");
}

function hints({ plural, singular }: Names, { en, es, isSpanishMissing }: Labels): string {
  const texts = `"${en.plural}", "${en.singular}"; in Spanish "${es.plural}", "${es.singular}"`;
  return [
    "",
    "Next:",
    "  npm run dev       start it anew: it migrates the database and knows the new permissions",
    "  npm run check     should find nothing to say",
    `  A further field is a line in each of lib/db/schema/${plural.kebab}.ts, lib/${plural.kebab}/schema.ts,`,
    `  lib/${plural.kebab}/entity.ts and messages/*.json: docs/add-an-entity.md shows it.`,
    `  In code one of them is a "${singular.kebab}"; in the texts: ${texts}.`,
    ...(isSpanishMissing
      ? ["  messages/es.json has English words in Spanish sentences: replace them, or give --label-es the next time."]
      : []),
  ].join("\n");
}

/**
 * Writes a new entity into the project at `root`, formats it, and writes its migration.
 * @returns the exit code: 1 when a tool failed after the files were written
 * @throws Refusal before anything is written
 */
export async function addEntity(root: string, name: string, options: EntityOptions, print: Print): Promise<number> {
  const names = namesOf(name, options.singular);
  const labels = labelsOf(names, options);
  const plan = planOf(root, names, labels);
  const migration = `add_${names.table}`;
  if (options.dryRun) {
    print(describe(plan, [migration], "would be"));
    return 0;
  }
  writePlan(root, plan);
  const written = [...Object.keys(plan.created), ...Object.keys(plan.changed)];
  const results = [await format(root, written), await writeMigration(root, migration)];
  print(describe(plan, results[1] === "done" ? [migration] : [], "were"));
  for (const result of results) if (result !== "done") print(`\n${result.toDo}`);
  print(hints(names, labels));
  return results.some((result) => result !== "done" && result.hasFailed) ? 1 : 0;
}

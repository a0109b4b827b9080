import { Refusal } from "./refusal";

/** Adds lines to files that exist. Each function takes the whole text and returns the new one, or refuses. */

export const ANCHOR = "// npm run new adds lines above this one";

/** @throws Refusal when the anchor line is gone */
export function addAboveAnchor(file: string, code: string, ...lines: string[]): string {
  const all = code.split("\n");
  const at = all.findIndex((line) => line.trim() === ANCHOR);
  if (at < 0) {
    throw new Refusal(`${file}: put the line "${ANCHOR}" back where new entries belong; without it nothing is added.`);
  }
  const indent = /^\s*/.exec(all[at] ?? "")?.[0] ?? "";
  return all.toSpliced(at, 0, ...lines.map((line) => indent + line)).join("\n");
}

type Imported = { name: string; as?: string };

const sourceOf = (line: string) => /^import .* from "(@\/[^"]+)";$/.exec(line)?.[1];

/**
 * Adds an import of `name` from `source` (`@/…`) where the alphabet has it.
 * @throws Refusal without any such import in the file, or when the name stands for something else in it
 */
export function addImport(file: string, code: string, { name, as = name }: Imported, source: string): string {
  if (new RegExp(`\\b${as}\\b`).test(code)) {
    throw new Refusal(`${file}: "${as}" stands for something else there. Choose another name, or another --singular.`);
  }
  const line = `import { ${as === name ? name : `${name} as ${as}`} } from "${source}";`;
  const all = code.split("\n");
  const later = all.findIndex((other) => (sourceOf(other) ?? "") > source);
  const last = all.findLastIndex((other) => sourceOf(other) !== undefined);
  if (last < 0) throw new Refusal(`${file}: it has no import from "@/…" any more beside which a new one belongs.`);
  return all.toSpliced(later < 0 ? last + 1 : later, 0, line).join("\n");
}

/** Adds `name` to what is imported from `module`, unless it is there. @throws Refusal without such an import */
export function addImportedName(file: string, code: string, module: string, name: string): string {
  const names = new RegExp(`import \\{([^}]*)\\} from "${module}";`);
  const found = names.exec(code)?.[1];
  if (found === undefined) throw new Refusal(`${file}: import { … } from "${module}" is gone; put it back.`);
  const present = found.split(",").flatMap((part) => part.trim() || []);
  if (present.includes(name)) return code;
  const bare = (part: string) => part.replace(/^type /, "");
  const later = present.findIndex((part) => bare(part) > name);
  const all = present.toSpliced(later < 0 ? present.length : later, 0, name);
  return code.replace(names, `import { ${all.join(", ")} } from "${module}";`);
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export type Place = { parent: string[]; key: string; value: unknown; before?: string };

function placed(file: string, json: Json, { parent, key, value, before }: Place, path: string[] = []): Json {
  const [next, ...rest] = parent;
  if (next !== undefined) {
    const inner = json[next];
    const full = [...path, next];
    if (!isObject(inner)) throw new Refusal(`${file}: put "${full.join(".")}" back; a text belongs below it.`);
    return { ...json, [next]: placed(file, inner, { parent: rest, key, value, ...(before && { before }) }, full) };
  }
  if (Object.hasOwn(json, key)) {
    throw new Refusal(
      `${file}: "${[...path, key].join(".")}" is there already. Choose another name, or remove it first.`,
    );
  }
  const entries = Object.entries(json);
  const at = entries.findIndex(([other]) => other === before);
  return Object.fromEntries(entries.toSpliced(at < 0 ? entries.length : at, 0, [key, value]));
}

/** Adds texts to a file of messages. @throws Refusal for a key that is there already, or without the one above it */
export function addTexts(file: string, json: string, places: Place[]): string {
  const before: unknown = JSON.parse(json);
  if (!isObject(before)) throw new Refusal(`${file} holds no messages.`);
  return `${JSON.stringify(
    places.reduce((all, place) => placed(file, all, place), before),
    null,
    2,
  )}\n`;
}

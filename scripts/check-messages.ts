import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { readSources, type Source } from "./ast";
import { argumentsOf, describeArguments, type MessageArguments } from "./message-arguments";
import { type MessageUses, messageUses } from "./message-uses";

const REFERENCE = "en";

type Options = {
  /** Content of messages/<language>.json by language; `en` is what the others are compared with. */
  catalogues: Record<string, unknown>;
  /** The code that uses the messages. */
  sources: Source[];
};

const fileOf = (language: string) => `messages/${language}.json`;

/** The messages by full key, as in `users.fields.name`. */
function flatten(value: unknown, prefix = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[prefix, value]];
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, prefix ? `${prefix}.${key}` : key));
}

/** The arguments of each message that is sound, and a problem for each that is not. */
function parseCatalogue(language: string, entries: Map<string, unknown>) {
  const problems: string[] = [];
  const parsed = new Map<string, MessageArguments>();
  for (const [key, message] of entries) {
    if (typeof message !== "string") problems.push(`${fileOf(language)}: "${key}" is not a text; make it one.`);
    else if (message.trim() === "") problems.push(`${fileOf(language)}: "${key}" is empty; write the message.`);
    else {
      try {
        parsed.set(key, argumentsOf(message));
      } catch (error) {
        const reason = error instanceof Error ? error.message : error;
        problems.push(`${fileOf(language)}: "${key}" is not well-formed ICU (${reason}); mend it.`);
      }
    }
  }
  return { problems, parsed };
}

function catalogueProblems(catalogues: Record<string, unknown>, reference: Map<string, unknown>): string[] {
  const expected = parseCatalogue(REFERENCE, reference);
  const problems = [...expected.problems];
  for (const [language, content] of Object.entries(catalogues)) {
    if (language === REFERENCE) continue;
    const entries = new Map(flatten(content));
    for (const key of reference.keys()) {
      if (!entries.has(key)) problems.push(`${fileOf(language)}: "${key}" is missing; translate it.`);
    }
    for (const key of entries.keys()) {
      if (!reference.has(key))
        problems.push(`${fileOf(language)}: "${key}" is not in ${fileOf(REFERENCE)}; remove it.`);
    }
    const translated = parseCatalogue(language, entries);
    problems.push(...translated.problems);
    for (const [key, found] of translated.parsed) {
      const [theirs, ours] = [describeArguments(found), expected.parsed.get(key)];
      if (!ours || theirs === describeArguments(ours)) continue;
      const wanted = describeArguments(ours) || "nothing";
      problems.push(`${fileOf(language)}: "${key}" takes ${theirs || "nothing"}, but in English ${wanted}; adapt one.`);
    }
  }
  return problems;
}

/** A key of a namespace that is translated by variable counts as used when its name, or its path, is written in code. */
function isNamed(key: string, namespace: string, { names }: MessageUses): boolean {
  if (namespace !== "" && !key.startsWith(`${namespace}.`)) return false;
  const inner = namespace === "" ? key : key.slice(namespace.length + 1);
  return names.has(inner) || names.has(inner.slice(inner.lastIndexOf(".") + 1));
}

function usageProblems(keys: string[], uses: MessageUses): string[] {
  const known = new Set(keys);
  const literal = new Set(uses.keys.map(({ key }) => key));
  const fitting = (fits: RegExp) => keys.filter((key) => fits.test(key));
  const byPattern = new Set(uses.patterns.flatMap(({ fits }) => fitting(fits)));
  const namespaces = [...new Set(uses.namespaces.map(({ namespace }) => namespace))];
  const isUsed = (key: string) =>
    literal.has(key) || byPattern.has(key) || namespaces.some((namespace) => isNamed(key, namespace, uses));
  const isNamespace = (namespace: string) => namespace === "" || keys.some((key) => key.startsWith(`${namespace}.`));
  return [
    ...uses.problems,
    ...uses.keys
      .filter(({ key }) => !known.has(key))
      .map(({ key, where }) => `${where}: there is no message "${key}" in ${fileOf(REFERENCE)}; add it.`),
    ...uses.patterns
      .filter(({ fits }) => fitting(fits).length === 0)
      .map(({ text, where }) => `${where}: no message in ${fileOf(REFERENCE)} fits "${text}"; add what is meant.`),
    ...uses.namespaces
      .filter(({ namespace }) => !isNamespace(namespace))
      .map(({ namespace, where }) => `${where}: there is no "${namespace}" in ${fileOf(REFERENCE)}; add it.`),
    ...keys
      .filter((key) => !isUsed(key))
      .map((key) => `${fileOf(REFERENCE)}: no code uses "${key}"; remove it from every language.`),
  ];
}

/** What is wrong with the messages: in themselves, between the languages, and against the code; a sentence each. */
export function messageProblems({ catalogues, sources }: Options): string[] {
  const reference = new Map(flatten(catalogues[REFERENCE] ?? {}));
  if (reference.size === 0) return [`${fileOf(REFERENCE)} is missing or holds no message; write it.`];
  return [...catalogueProblems(catalogues, reference), ...usageProblems([...reference.keys()], messageUses(sources))];
}

/** The messages and the code of the project in the folder `root`. */
export function readProject(root: string): Options {
  const languages = readdirSync(path.join(root, "messages"))
    .filter((file) => /^[\w-]+\.json$/.test(file))
    .map((file) => path.basename(file, ".json"));
  const read = (language: string): unknown => JSON.parse(readFileSync(path.join(root, fileOf(language)), "utf8"));
  return {
    catalogues: Object.fromEntries(languages.map((language) => [language, read(language)])),
    sources: readSources(root, ["app", "components", "lib", "middleware.ts"]).filter(
      ({ path: file }) => !file.startsWith("lib/testing/"),
    ),
  };
}

/** The check of `npm run check`: the problems of this project. */
export function checkMessages(): string[] {
  return messageProblems(readProject(process.cwd()));
}

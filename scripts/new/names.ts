import { Refusal } from "./refusal";

/** What one word becomes in paths, code and SQL. Everything else of the generator takes its names from here. */

export type Word = { kebab: string; camel: string; pascal: string };

export type Names = {
  /** Names folder, path, table, menu entry and spec. */
  plural: Word;
  singular: Word;
  table: string;
  /** Key of the entity's own part of messages/*.json. */
  texts: string;
  view: string;
  manage: string;
};

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** PostgreSQL cuts identifiers off at 63 bytes, and the longest one adds 22 to the name. */
const MAX_LENGTH = 40;

/** Parts of addresses that have a meaning of their own below /admin and /api. */
const ADDRESSES =
  "access add admin api audit auth bulk delete dev edit export health history login logout me new openapi token";

/** What JavaScript keeps for itself, and what the written files call by these names already. */
const CODE =
  "arguments await boolean break case catch class const continue date debugger default do else enum eval export " +
  "extends false finally for function id if implements import in index instant integer interface let null package " +
  "private protected public return sql static super switch table text this throw true try typeof undefined var void " +
  "while with yield";

/** Singulars from which the written files would name two things alike, such as `getRecord`. */
const SINGULARS = "admin audit entity name record";

const isAmong = (list: string, word: string) => list.split(" ").includes(word);

const EXCEPTIONS: Record<string, string> = {
  caches: "cache",
  children: "child",
  cookies: "cookie",
  indices: "index",
  movies: "movie",
  news: "news",
  people: "person",
  quizzes: "quiz",
  series: "series",
};

/** The likely singular of an English plural in kebab-case; only its last word changes. */
export function singularOf(plural: string): string {
  const start = plural.lastIndexOf("-") + 1;
  const word = plural.slice(start);
  const singular =
    EXCEPTIONS[word] ??
    (/[^aeiou]ies$/.test(word) && word.length > 4
      ? word.replace(/ies$/, "y")
      : /(ss|sh|ch|x|[^aeo]us)es$/.test(word)
        ? word.slice(0, -2)
        : word.replace(/([^s])s$/, "$1"));
  return plural.slice(0, start) + singular;
}

function wordOf(kebab: string): Word {
  const pascal = kebab.replace(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase());
  return { kebab, pascal, camel: pascal.charAt(0).toLowerCase() + pascal.slice(1) };
}

function assertKebab(what: string, text: string): void {
  if (KEBAB.test(text) && text.length <= MAX_LENGTH) return;
  throw new Refusal(
    `${what} "${text}" must be in kebab-case, such as projects or price-lists: lower-case letters a to z, digits, and ` +
      `single hyphens between words; at most ${MAX_LENGTH} characters.`,
  );
}

/**
 * All names of an entity, from its plural.
 * @throws Refusal for a name that cannot be one
 */
export function namesOf(name: string, singular = singularOf(name)): Names {
  assertKebab("The name", name);
  assertKebab("The singular", singular);
  const plural = wordOf(name);
  if (isAmong(ADDRESSES, name) || isAmong(CODE, plural.camel)) {
    throw new Refusal(`"${name}" means something else already. Choose another name, such as ${name}-items.`);
  }
  if (isAmong(SINGULARS, singular)) {
    throw new Refusal(`The singular "${singular}" is taken in the code. Give another one with --singular <word>.`);
  }
  return {
    plural,
    singular: wordOf(singular),
    table: name.replaceAll("-", "_"),
    texts: plural.camel,
    view: `${name}-view`,
    manage: `${name}-manage`,
  };
}

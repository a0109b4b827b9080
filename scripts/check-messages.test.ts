import { describe, expect, it } from "vitest";
import { checkMessages, messageProblems } from "./check-messages";

const PAGE = "app/page.tsx";

/** The problems of a project with these messages and this code, in which `t` translates `page`. */
function problems(
  en: Record<string, unknown>,
  { code = "", file = PAGE, ...others }: { code?: string; file?: string; es?: unknown; fr?: unknown } = {},
): string[] {
  const prelude = 'const t = useTranslations("page");\n';
  return messageProblems({ catalogues: { en, ...others }, sources: [{ path: file, code: prelude + code }] });
}

it("finds nothing to say about this project", () => {
  expect(checkMessages()).toEqual([]);
});

describe("between languages", () => {
  const en = { page: { title: "Hello {name}" } };
  const code = 't("title")';

  it("takes a sound translation", () => {
    expect(problems(en, { code, es: { page: { title: "Hola {name}" } } })).toEqual([]);
  });

  it.each([
    ["a missing key", { page: {} }, ['messages/es.json: "page.title" is missing; translate it.']],
    [
      "a superfluous key",
      { page: { title: "Hola {name}", more: "Más" } },
      ['messages/es.json: "page.more" is not in messages/en.json; remove it.'],
    ],
    ["an empty message", { page: { title: " " } }, ['messages/es.json: "page.title" is empty; write the message.']],
    ["what is no text", { page: { title: 3 } }, ['messages/es.json: "page.title" is not a text; make it one.']],
    [
      "malformed ICU",
      { page: { title: "Hola {name" } },
      [expect.stringContaining('messages/es.json: "page.title" is not well-formed ICU')],
    ],
    [
      "a renamed argument",
      { page: { title: "Hola {nombre}" } },
      ['messages/es.json: "page.title" takes {nombre} (text), but in English {name} (text); adapt one.'],
    ],
    [
      "another type of argument",
      { page: { title: "Hola {name, number}" } },
      ['messages/es.json: "page.title" takes {name} (number), but in English {name} (text); adapt one.'],
    ],
    [
      "a tag that English lacks",
      { page: { title: "Hola <b>{name}</b>" } },
      ['messages/es.json: "page.title" takes <b>, {name} (text), but in English {name} (text); adapt one.'],
    ],
  ])("refuses %s", (_what, es, expected) => {
    expect(problems(en, { code, es })).toEqual(expected);
  });

  it("looks into plurals, choices and tags", () => {
    const plural = { page: { title: "{n, plural, one {# of {all}} other {<b>{who}</b>}}" } };
    const [problem, ...more] = problems(plural, { code, es: { page: { title: "{n, plural, other {#}}" } } });
    expect(problem).toContain("takes {n} (number), but in English <b>, {all} (text), {n} (number), {who} (text)");
    expect(more).toEqual([]);
  });

  it("takes a number for a plural, but no choice with fewer options", () => {
    const counts = { page: { title: "{n, plural, one {one, {n}} other {#}}" } };
    expect(problems(counts, { code, es: { page: { title: "{n, number}" } } })).toEqual([]);
    const choice = { page: { title: "{k, select, a {A} b {B} other {C}}" } };
    const fewer = { page: { title: "{k, select, a {A} other {C}}" } };
    expect(problems(choice, { code, es: fewer })).toHaveLength(1);
  });

  it("checks every language and English itself", () => {
    const found = problems({ page: { title: "" } }, { code, es: { page: {} }, fr: { page: {} } });
    expect(found.map((problem) => problem.split(":")[0])).toEqual([
      "messages/en.json",
      "messages/es.json",
      "messages/fr.json",
    ]);
    expect(messageProblems({ catalogues: { es: {} }, sources: [] })).toEqual([
      "messages/en.json is missing or holds no message; write it.",
    ]);
  });
});

describe("against the code", () => {
  const unused = (key: string) => `messages/en.json: no code uses "${key}"; remove it from every language.`;

  it("refuses a message that no code uses", () => {
    expect(problems({ page: { title: "T", old: "O" } }, { code: 't("title")' })).toEqual([unused("page.old")]);
  });

  it("refuses a key that does not exist, and says where", () => {
    expect(problems({ page: { title: "T" } }, { code: 't("title");\nt("tittle")' })).toEqual([
      `${PAGE}:3: there is no message "page.tittle" in messages/en.json; add it.`,
    ]);
  });

  it.each([
    ["server code", 'async () => { const tx = await getTranslations("page"); tx("title") }'],
    [
      "a locale of its own",
      'async () => { const tx = await getTranslations({ locale, namespace: "page" }); tx("title") }',
    ],
    ["code without React", 'createTranslator({ locale, messages, namespace: "page" })("title")'],
    ["a direct call", 'async () => (await getTranslations("page"))("title")'],
    ["all messages", 'const all = useTranslations(); all("page.title")'],
    ["has", 't.has("title")'],
    ["rich text", 't.rich("title", {})'],
    ["an element", "<p title={t(`title`)} />"],
    ["one of two", 't(isNew ? "title" : "title" as const)'],
    ["a template", `t(\`\${x}itle\`)`],
    ["an array of names", 'const names = ["title"]; names.map((name) => t(name))'],
    ["a property's name", "const texts = { title: 1 }; t(key as Key)"],
    ["a helper that gets the translator", 'help(t, "title")'],
  ])("sees the use by %s", (_what, code) => {
    expect(problems({ page: { title: "T" } }, { code })).toEqual([]);
  });

  it("takes a template for what fits it and nothing else", () => {
    const en = { page: { fields: { a: "A" }, a: { title: "T", text: "X" }, home: "H" } };
    expect(problems(en, { code: `t(\`fields.\${x}\`); t(\`\${x}.title\`)` })).toEqual([
      unused("page.a.text"),
      unused("page.home"),
    ]);
    expect(problems({ page: { title: "T" } }, { code: `t("title"); t(\`fields.\${x}\`)` })).toEqual([
      `${PAGE}:2: no message in messages/en.json fits "page.fields.…"; add what is meant.`,
    ]);
  });

  it("asks of a namespace that is translated by variable that the names stand in the code", () => {
    const en = { page: { tooLong: "L", tooShort: "S", other: "O" }, errors: { other: "O" } };
    const code = 'type Key = "other"; import "other"; const e = useTranslations("errors"); e("other");';
    expect(
      problems(en, { code: `${code} t(key); throw new Invalid("tooLong", "page.tooShort", \`tooShort\`)` }),
    ).toEqual([unused("page.other")]);
  });

  it("refuses a namespace that does not exist or cannot be told", () => {
    const en = { page: { title: "T" } };
    expect(problems(en, { code: 't("title"); useTranslations("pages")(key)' })).toEqual([
      `${PAGE}:2: there is no "pages" in messages/en.json; add it.`,
    ]);
    expect(problems(en, { code: 't("title"); useTranslations(name)' })).toEqual([
      `${PAGE}:2: name the namespace as a plain string, so that the check sees what is used.`,
    ]);
  });

  it("takes the nearest declaration of a translator", () => {
    const en = { page: { title: "T" }, list: { size: "S" } };
    const code = 'function List() { const t = useTranslations("list"); t("size") }\nt("title");';
    expect(problems(en, { code: `${code} table((t) => t("id"))` })).toEqual([]);
  });

  it("knows translators that are properties of an object in the same folder, and only there", () => {
    const en = { cli: { done: "D", columns: { a: "A" } } };
    const declaration = { path: "lib/cli/texts.ts", code: 'const x = { cli: createTranslator({ namespace: "cli" }) }' };
    const use = `const { cli } = tools.texts; cli(\`columns.\${x}\`); tools.texts.cli("done")`;
    const check = (file: string) =>
      messageProblems({ catalogues: { en }, sources: [declaration, { path: file, code: use }] });
    expect(check("lib/cli/commands/list.ts")).toEqual([]);
    expect(check("lib/other.ts")).toEqual([unused("cli.done"), unused("cli.columns.a")]);
  });

  it("stops at code that does not parse", () => {
    expect(() => problems({ page: { title: "T" } }, { code: "t(" })).toThrow(PAGE);
  });
});

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parseSource } from "./ast";
import { addEntity, type EntityOptions } from "./new/entity";
import { addAboveAnchor, addImport, addImportedName, addTexts } from "./new/insert";
import { labelsOf } from "./new/labels";
import { namesOf, singularOf } from "./new/names";
import { planOf } from "./new/plan";
import { Refusal } from "./new/refusal";
import { writePlan } from "./new/write";

/** What of the project the generator adds lines to. */
const TOUCHED = [
  "lib/entity-names.ts",
  "lib/entities.ts",
  "lib/routes.ts",
  "lib/permissions.ts",
  "components/layout/menu.tsx",
  "lib/db/schema",
  "messages/en.json",
  "messages/es.json",
];

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

/** A folder with copies of those files, and no tools in reach. */
function project(): string {
  const root = mkdtempSync(path.join(os.tmpdir(), "gatehouse-new-"));
  roots.push(root);
  for (const file of TOUCHED) cpSync(file, path.join(root, file), { recursive: true });
  return root;
}

/** Every file below `root` with its content. */
function contents(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const read = files.map(({ parentPath, name }) => path.join(parentPath, name)).sort();
  return Object.fromEntries(read.map((file) => [path.relative(root, file), readFileSync(file, "utf8")]));
}

function planned(root: string, name = "zebra-crossings", options: EntityOptions = {}) {
  const names = namesOf(name, options.singular);
  return planOf(root, names, labelsOf(names, options));
}

/** Runs the generator to its end. */
async function generate(root: string, name = "zebra-crossings", options: EntityOptions = {}) {
  const lines: string[] = [];
  const code = await addEntity(root, name, options, (line) => lines.push(line));
  return { code, output: lines.join("\n") };
}

const edit = (root: string, file: string, change: (text: string) => string) =>
  writeFileSync(path.join(root, file), change(readFileSync(path.join(root, file), "utf8")));

describe("names", () => {
  it.each([
    ["projects", "project"],
    ["categories", "category"],
    ["boxes", "box"],
    ["statuses", "status"],
    ["classes", "class"],
    ["branches", "branch"],
    ["houses", "house"],
    ["purchases", "purchase"],
    ["ties", "tie"],
    ["movies", "movie"],
    ["people", "person"],
    ["news", "news"],
    ["staff", "staff"],
    ["price-lists", "price-list"],
    ["delivery-addresses", "delivery-address"],
  ])("the singular of %s is %s", (plural, singular) => {
    expect(singularOf(plural)).toBe(singular);
  });

  it("are made from the plural, each in the form of its place", () => {
    expect(namesOf("price-lists")).toEqual({
      plural: { kebab: "price-lists", camel: "priceLists", pascal: "PriceLists" },
      singular: { kebab: "price-list", camel: "priceList", pascal: "PriceList" },
      table: "price_lists",
      texts: "priceLists",
      view: "price-lists-view",
      manage: "price-lists-manage",
    });
    expect(namesOf("criteria", "criterion").singular.pascal).toBe("Criterion");
  });

  it.each(["Projects", "price_lists", "price--lists", "-x", "x-", "2fa", "a b", "", "ünits", "../x", "x".repeat(41)])(
    "may not be %j",
    (name) => expect(() => namesOf(name)).toThrow(/must be in kebab-case/),
  );

  it.each(["auth", "token", "me", "health", "api", "admin", "audit", "add", "edit", "bulk", "export", "class", "new"])(
    "%s means something else already",
    (name) => expect(() => namesOf(name)).toThrow(/means something else already/),
  );

  it("may not have a singular that the code uses", () => {
    expect(() => namesOf("records")).toThrow(/--singular/);
    expect(() => namesOf("projects", "My Project")).toThrow(/The singular "My Project" must be in kebab-case/);
  });
});

describe("labels", () => {
  const names = namesOf("price-lists");

  it("come from the name, and Spanish does with them if need be", () => {
    const en = { plural: "Price lists", singular: "Price list" };
    expect(labelsOf(names, {})).toEqual({ en, es: en, isSpanishMissing: true });
    expect(labelsOf(names, { labelEs: "Listas de precios" })).toEqual({
      en,
      es: { plural: "Listas de precios", singular: "Lista de precios" },
      isSpanishMissing: false,
    });
  });

  it.each(["", "  ", "{x}", "<b>", 'say "hi"', "a\nb", "x".repeat(61)])("may not be %j", (label) => {
    expect(() => labelsOf(names, { label })).toThrow(Refusal);
  });
});

describe("inserting", () => {
  const anchor = "// npm run new adds lines above this one";

  it("adds lines above the anchor, as far in as it is", () => {
    expect(addAboveAnchor("x.ts", `[\n  "a",\n  ${anchor}\n]`, '"b",')).toBe(`[\n  "a",\n  "b",\n  ${anchor}\n]`);
    expect(() => addAboveAnchor("x.ts", "[]", '"b",')).toThrow(`x.ts: put the line "${anchor}" back`);
  });

  it("adds an import in the order of the alphabet", () => {
    const code = 'import z from "z";\nimport { a } from "@/a";\nimport { c } from "@/c";\n\nuse(c);\n';
    expect(addImport("x.ts", code, { name: "b" }, "@/b").split("\n")[2]).toBe('import { b } from "@/b";');
    expect(addImport("x.ts", code, { name: "n", as: "d" }, "@/d").split("\n")[3]).toBe('import { n as d } from "@/d";');
    expect(() => addImport("x.ts", code, { name: "c" }, "@/other")).toThrow(/"c" stands for something else there/);
    expect(() => addImport("x.ts", "", { name: "c" }, "@/c")).toThrow(/no import/);
  });

  it("adds a name to an import once", () => {
    const code = 'import { Box, type Lucide, Zoo } from "icons";\n';
    const added = addImportedName("x.ts", code, "icons", "Table2");
    expect(added).toBe('import { Box, type Lucide, Table2, Zoo } from "icons";\n');
    expect(addImportedName("x.ts", added, "icons", "Table2")).toBe(added);
    expect(() => addImportedName("x.ts", "", "icons", "Table2")).toThrow(/is gone/);
  });

  it("adds texts before others, and replaces none", () => {
    const json = JSON.stringify({ menu: { home: "Home", audit: "Audit" } });
    const added = addTexts("en.json", json, [{ parent: ["menu"], key: "x", value: "X", before: "audit" }]);
    expect(Object.keys(JSON.parse(added).menu)).toEqual(["home", "x", "audit"]);
    const again = () => addTexts("en.json", json, [{ parent: ["menu"], key: "home", value: "X" }]);
    expect(again).toThrow('en.json: "menu.home" is there already');
    const nowhere = () => addTexts("en.json", json, [{ parent: ["home", "cards"], key: "x", value: "X" }]);
    expect(nowhere).toThrow('en.json: put "home" back');
  });
});

describe("npm run new -- entity", () => {
  it.each(["zebra-crossings", "zebras"])("writes code for %s that parses, and texts that are JSON", (name) => {
    const { created, changed } = planned(project(), name);
    for (const [file, code] of Object.entries({ ...created, ...changed })) {
      if (file.endsWith(".json")) expect(() => JSON.parse(code)).not.toThrow();
      else expect(() => parseSource({ path: file, code })).not.toThrow();
    }
    expect(Object.keys(created)).toHaveLength(16);
    const longest = Object.values(created).map((code) => code.split("\n").length);
    expect(Math.max(...longest)).toBeLessThan(150);
  });

  it("writes the same again for the same name", () => {
    expect(planned(project())).toEqual(planned(project()));
  });

  it("writes what it plans, and says what the missing tools leave to do", async () => {
    const root = project();
    const { created, changed } = planned(root);
    const { code, output } = await generate(root);
    expect(code).toBe(0);
    expect(contents(root)).toMatchObject({ ...created, ...changed });
    expect(output).toContain("npm run migration -- --name add_zebra_crossings");
    expect(output).toContain("messages/es.json has English words in Spanish sentences");
    expect((await generate(project(), "zebras", { labelEs: "Cebras" })).output).not.toContain("English words");
  });

  it("writes nothing on a dry run", async () => {
    const root = project();
    const before = contents(root);
    const { code, output } = await generate(root, "zebra-crossings", { dryRun: true });
    expect(code).toBe(0);
    expect(output).toContain("  lib/zebra-crossings/entity.ts\n");
    expect(output).toContain("  messages/es.json");
    expect(contents(root)).toEqual(before);
  });

  it("takes another entity after the first, and refuses the same twice", async () => {
    const root = project();
    await generate(root);
    await generate(root, "zebras");
    const before = contents(root);
    await expect(generate(root)).rejects.toThrow("lib/db/schema/zebra-crossings.ts exists already");
    expect(contents(root)).toEqual(before);
    expect(before["components/layout/menu.tsx"]).toMatch(/"zebra-crossings": Table2,\n {2}zebras: Table2,\n/);
    expect(before["components/layout/menu.tsx"]?.match(/import .*Table2.* from "lucide-react"/g)).toHaveLength(1);
    expect(before["components/layout/menu.tsx"]).not.toMatch(/Table2, Table2/);
    expect(before["lib/entity-names.ts"]).toMatch(/"zebra-crossings",\n {2}"zebras",\n {2}\/\/ npm run new/);
  });

  it.each([
    ["users", "lib/db/schema/users.ts exists already"],
    ["sessions", 'has a table "sessions" already'],
    ["groups", 'lib/db/schema/access.ts has a table "groups" already'],
    ["lists", ""],
    ["tabs", '"tabs" is there already'],
  ])("refuses %s if it clashes", (name, message) => {
    const root = project();
    if (message === "") expect(() => planned(root, name)).not.toThrow();
    else expect(() => planned(root, name)).toThrow(message);
  });

  it("refuses a singular that another entity has", () => {
    expect(() => planned(project(), "zebras", { singular: "user" })).toThrow(
      /lib\/entities.ts: "userEntity" stands for/,
    );
  });

  it.each(TOUCHED.filter((file) => file.endsWith("s.ts") || file.endsWith(".tsx")))(
    "refuses before it writes when the anchor in %s is gone",
    async (file) => {
      const root = project();
      edit(root, file, (code) => code.replace("// npm run new adds lines above this one", ""));
      const before = contents(root);
      await expect(generate(root)).rejects.toThrow(`${file}: put the line`);
      expect(contents(root)).toEqual(before);
    },
  );

  it("refuses outside a project", () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "gatehouse-new-"));
    roots.push(root);
    expect(() => planned(root)).toThrow("lib/entity-names.ts is missing");
  });

  it("gives a third language the English texts", () => {
    const root = project();
    cpSync(path.join(root, "messages/en.json"), path.join(root, "messages/fr.json"));
    expect(planned(root).changed["messages/fr.json"]).toContain("Add zebra crossing");
  });

  it("puts everything back when a file cannot be written", () => {
    const root = project();
    const plan = planned(root);
    const before = contents(root);
    // A file where a folder is to be.
    mkdirSync(path.join(root, "app/admin"), { recursive: true });
    writeFileSync(path.join(root, "app/admin/zebra-crossings"), "");
    expect(() => writePlan(root, plan)).toThrow(/Writing failed: [\s\S]*Everything is as it was\./);
    expect(contents(root)).toEqual({ ...before, "app/admin/zebra-crossings": "" });
    expect(existsSync(path.join(root, "lib/zebra-crossings"))).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { block, guide, leftBehind, problems } from "./small-project";

describe("samples of TypeScript", () => {
  it.each([
    ["a module", block("ts", 'import { may } from "@/lib/tokens";\n\nmay("see");')],
    [
      "several without names for each other",
      block("ts", "const a = 1;\nexport { a };") + block("ts", "export const a = 2;"),
    ],
    [
      "a file that another imports",
      block("ts", "// lib/x.ts: as an example\nexport const x = 1;") +
        block("tsx", 'import { x } from "@/lib/x";\n\nexport const y: number = x;'),
    ],
    [
      "a file that goes on",
      block("ts", "// lib/x.ts\nconst x = 1;") + block("ts", "// lib/x.ts, continued\nexport const y = x;"),
    ],
    [
      "an entry that others rely on",
      block("ts", '// lib/tokens.ts\n  "go": "go there",', "in tokens of lib/tokens.ts") +
        block("ts", 'import { may } from "@/lib/tokens";\n\nmay("go");'),
    ],
    ["an entry without a comma", block("ts", '"go": "go there"', "in tokens of lib/tokens.ts")],
    ["an entry in place of another", block("ts", '"see": "look at it",', "in tokens of lib/tokens.ts")],
    [
      "an entry with imports",
      block(
        "ts",
        'import {\n  x,\n} from "./x";\nimport type { Y } from "./x";\n\n"go": x as Y,',
        "in tokens of lib/tokens.ts",
      ) + block("ts", '// lib/x.ts\nexport type Y = string;\nexport const x = "go";'),
    ],
    ["an argument", block("ts", "size + 1,", "in listed.1 of lib/tokens.ts")],
    ["statements", block("ts", "  if (left) void value;", "in make of lib/tokens.ts")],
    [
      "a declaration in place of another",
      block("ts", "export type Token = keyof typeof tokens | 1;", "at the end of lib/tokens.ts") +
        block("ts", 'import { may } from "@/lib/tokens";\n\nmay(1);'),
    ],
    [
      "messages",
      block("jsonc", '// messages/en.json\n"text": "Text"', "in page of messages/en.json") +
        block("ts", 'import en from "@/messages/en.json";\n\nexport const text: string = en.page.text;'),
    ],
    ["an indented one", `1. First:\n\n   ${block("ts", "export const a = `\n   x`;").replaceAll("\n", "\n   ")}`],
  ])("may be %s", async (_what, text) => {
    expect(await guide(text)).toEqual([]);
  });

  it.each([
    ["that misspell", block("ts", 'import { may } from "@/lib/tokens";\n\nmay("sea");'), 4, /"sea".*\(TS2345\)$/],
    ["that do not parse", block("ts", "\nexport const a = ;"), 3, /^does not compile: /],
    ["with imports that are not used", block("ts", 'import { may } from "@/lib/tokens";'), 2, /never (used|read)/],
    ["with a wrong entry", block("ts", '"go": "go", size: nothing,', "in tokens of lib/tokens.ts"), 3, /'nothing'/],
    ["for a place that is not there", block("ts", "a: 1", "in nothing of lib/tokens.ts"), 3, /has no .* "nothing"/],
    ["for a file that is not there", block("ts", "a: 1", "in a of lib/nothing.ts"), 3, /no file lib\/nothing\.ts/],
    ["with an unknown marker", block("ts", "a: 1", "whatever"), 3, /"sample: whatever" says nothing known/],
    ["with a marker for another file", block("ts", "// lib/x.ts\na", "at the end of lib/y.ts"), 3, /change one/],
    ["that continue nothing", block("ts", "// lib/x.ts, continued"), 2, /no block above begins lib\/x\.ts/],
    [
      "that show a file twice",
      block("ts", "// lib/x.ts\nexport const x = 1;") + block("ts", "// lib/x.ts\nexport const y = 1;"),
      6,
      /docs\/guide\.md:2 shows another lib\/x\.ts/,
    ],
    [
      "that add the same name twice",
      block("ts", '"go": "go",', "in tokens of lib/tokens.ts") +
        block("ts", '"go": "walk",', "in tokens of lib/tokens.ts"),
      7,
      /docs\/guide\.md:3 adds another "go" to lib\/tokens\.ts/,
    ],
  ])("are refused %s", async (_what, text, line, problem) => {
    const [first = "", ...more] = await guide(text);
    expect(first.slice(0, first.indexOf(": "))).toBe(`docs/guide.md:${line}`);
    expect(first.slice(first.indexOf(": ") + 2)).toMatch(problem);
    expect(more).toEqual([]);
  });

  it("name the file of the project that lacks something", async () => {
    const found = await guide(
      block("ts", "export type Token = 1;", "at the end of lib/tokens.ts") +
        block("ts", 'import { may } from "@/lib/tokens";\n\nmay("see");'),
    );
    expect(found).toEqual([expect.stringMatching(/^docs\/guide\.md:8: does not compile: .*'1'/)]);
    const broken = await guide(block("ts", "function make(): void {}", "at the end of lib/tokens.ts"));
    expect(broken).toEqual([
      expect.stringMatching(/^lib\/tokens\.ts: does not compile together with what samples add/),
    ]);
  });

  it("know the pages that there are", async () => {
    const page = { "app/x/[id]/page.tsx": "" };
    const sample = (route: string) => block("ts", `export type Id = Awaited<PageProps<"${route}">["params"]>["id"];`);
    expect(await problems({ ...page, "docs/guide.md": sample("/x/[id]") })).toEqual([]);
    expect(await problems({ ...page, "docs/guide.md": sample("/y/[id]") })).toEqual([
      expect.stringMatching(/^docs\/guide\.md:2: .*"\/x\/\[id\]"/),
    ]);
  });

  it("begin with what npm run new writes", async () => {
    expect(await guide(block("sh", "npm run new -- entity zebras"))).toEqual([
      expect.stringMatching(/^docs\/guide\.md:2: npm run new refuses: lib\/entity-names\.ts is missing/),
    ]);
    expect(await guide(block("sh", "npm run new -- entity zebras --dry-run"))).toEqual([]);
  });

  it("leave nothing behind", async () => {
    await guide(block("ts", "export const a = 1;"));
    expect(leftBehind().filter((name) => name.startsWith(".docs"))).toEqual([]);
  });
});

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { afterAll, describe, expect, it } from "vitest";
import { docsProblems } from "./check-docs";
import { type Knowledge, knowledgeOf } from "./docs/knowledge";
import { programProblem } from "./docs/programs";

/** Inside the project, so that the compiler of the project is found. */
const folder = mkdtempSync(path.join(process.cwd(), ".docs-samples-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

function auth(): Command {
  const program = new Command();
  program
    .command("add-user")
    .argument("<login>")
    .option("--as-superuser")
    .option("--days <n>")
    .action(() => {
      throw new Error("Nothing may be run.");
    });
  return program;
}

const knowledge: Knowledge = {
  scripts: ["check", "auth", "start", "new"],
  programs: { auth },
  paths: ["/api/me", "/api/[entity]/[id]", "/api/auth/[...nextauth]", "/login"],
  variables: ["PORT", "AUTH_URL"],
  defaults: { PORT: "3000" },
  sampleVariables: ["PORT", "AUTH_URL", "OF_A_SAMPLE"],
  configurationProblems: ({ PORT, AUTH_URL }) => [
    ...(PORT && !/^\d+$/.test(PORT) ? [{ name: "PORT", problem: "must be a whole number" }] : []),
    ...(PORT === "1" && !AUTH_URL ? [{ name: "AUTH_URL", problem: "is required with PORT=1" }] : []),
  ],
};

const PROJECT: Record<string, string> = {
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      ...{ module: "ESNext", moduleResolution: "Bundler", target: "ES2023", lib: ["ES2023"], types: [], strict: true },
      ...{
        noUnusedLocals: true,
        skipLibCheck: true,
        jsx: "preserve",
        resolveJsonModule: true,
        paths: { "@/*": ["./*"] },
      },
    },
  }),
  "lib/tokens.ts": `export const tokens = {
  "see": "see it", // the first
} as const;
export type Token = keyof typeof tokens;
export const listed = make([{ name: "a", inner: { size: 1 } }], (size: number) => [size]);
function make<T>(value: T, _sizes: (size: number) => number[]): T {
  const left = 1;
  void left;
  return value;
}
export const may = (token: Token) => token;
`,
  "messages/en.json": '{ "page": { "title": "Title" } }',
  ".env.example": "# PORT=3000\n# AUTH_URL=\n",
  "docs/configuration.md": "| variable |\n|---|\n| `PORT`, `AUTH_URL` |\n",
  "README.md": "# Readme\n\n[a](docs/configuration.md), [b](docs/guide.md)\n",
  "docs/guide.md": "# Guide\n",
};

let projects = 0;

/** What is said of a project with these files. */
function problems(files: Record<string, string>): Promise<string[]> {
  projects += 1;
  const root = path.join(folder, String(projects));
  for (const [file, content] of Object.entries({ ...PROJECT, ...files })) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
  }
  return docsProblems(root, async () => knowledge);
}

/** What is said of a guide that begins with this text on its first line. */
const guide = (text: string) => problems({ "docs/guide.md": text });

const block = (language: string, code: string, marker?: string) =>
  `${marker === undefined ? "" : `<!-- sample: ${marker} -->\n`}\`\`\`${language}\n${code}\n\`\`\`\n`;

// That there is nothing to say about this project, npm run check says, which compiles for long.
describe("what this project knows", () => {
  it("is its own scripts, commands, paths and variables", async () => {
    const known = await knowledgeOf(process.cwd());
    expect(known.scripts).toContain("check");
    expect(known.paths).toEqual(expect.arrayContaining(["/", "/admin/users/[id]/edit", "/api/health/ready"]));
    expect(known.variables).toContain("DATABASE_URL");
    expect(known.defaults).toMatchObject({
      PORT: "3000",
      LDAP_GROUP_MAP: "{}",
      CLI_USER_ARGS: "loginId",
    });
    expect(known.configurationProblems({ PORT: "high" })).toMatchObject([{ name: "PORT" }]);
  });

  it.each([
    ["auth", ["list-users", "--json"], undefined],
    ["auth", ["list-users", "--xml"], "unknown option '--xml'"],
    ["auth", ["purge-attempts", "--attempt-type", "guess"], expect.stringContaining("'guess' is invalid")],
    ["seed", ["--demo"], undefined],
    ["seed", ["--many"], "unknown option '--many'"],
    ["new", ["entity", "zebras"], undefined],
    ["new", ["zebras"], "unknown command 'zebras'"],
  ])("npm run %s takes %j or says %o", async (script, words, problem) => {
    const { programs } = await knowledgeOf(process.cwd());
    const program = await programs[script]?.();
    expect(program && (await programProblem(program, words))).toEqual(problem);
  });
});

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
    expect(readdirSync(path.join(folder, String(projects)))).not.toContain(".docs-samples");
  });
});

describe("other samples", () => {
  it.each([
    ["json", '{ "a": [1, -2.5, null] }'],
    ["jsonc", '// so\n{ "a": 1 /* one */ }'],
    ["jsonc", '// members\n"a": 1,\n"b": { "c": true }'],
    ["js", "exports.x = async (event) => { await event; };"],
    ["text", "$ anything goes"],
    ["sh", "npm ci && npm run check\nnpm start"],
    ["sh", "npm run auth -- add-user ann --days 3 # a comment\nnpm run auth -- --help"],
    ["sh", "npm run auth -- add-user <login> \\\n  --as-superuser > file"],
    ["sh", "PORT=3001 AUTH_URL=https://… npm start"],
    ["sh", "NODE_EXTRA_CA_CERTS=/etc/ca.pem OTEL_SERVICE_NAME='a b' npm start"],
    ["sh", 'ID=7\ncurl -b "$COOKIE" "$AUTH_URL/api/users/$ID?x=1" -d \'{"a": "it && that"}\''],
    ["sh", "curl http://localhost:3000/api/auth/callback/corp https://elsewhere.test/x"],
    ["sh", "cat > file <<'EOF'\nit's: PORTS=1\nEOF\nnpm run check 2>&1"],
    ["bash", "docker run -e PORT=80 -e AUTH_URL image"],
    ["ini", "PORT=1\nAUTH_URL='https://a\nb'\nOF_A_SAMPLE=x"],
    ["ini", "[Service]\nEnvironment=AUTH_URL=x\nEnvironment=OTEL_SERVICE_NAME=x"],
    ["yaml", "environment:\n  AUTH_URL: https://x\n  POSTGRES_PASSWORD: x"],
  ])("in %s may be %j", async (language, code) => {
    expect(await guide(block(language, code))).toEqual([]);
  });

  it.each([
    ["json", '{ "a": 1, }', 2, /^does not parse/],
    ["jsonc", '{\n  "a": 1\n  "b": 2 }', 4, /^does not parse/],
    ["jsonc", '{\n  "a": b }', 3, /^this is no JSON/],
    ["js", "\nconst = 1;", 3, /^does not parse/],
    ["sh", "npm ci\nnpm run chek", 3, /no script "chek"/],
    ["sh", "npm run auth add-user", 2, /put "--" in front/],
    ["sh", "npm run auth -- del-user ann", 2, /unknown command 'del-user'/],
    ["sh", "npm run auth -- add-user ann --supervisor", 2, /unknown option '--supervisor'/],
    ["sh", "npm run auth -- add-user", 2, /missing required argument 'login'/],
    ["sh", "npm run auth -- add-user ann bob", 2, /too many arguments/],
    ["sh", "npx nothing-of-the-kind", 2, /no package of the project brings it/],
    ["sh", "npx vitest run lib/nothing.test.ts", 2, /no file lib\/nothing\.test\.ts/],
    ["sh", "HOST_NAME=x npm start", 2, /no variable HOST_NAME/],
    ["sh", "export PORTS=3; npm start", 2, /no variable PORTS/],
    ["sh", "PORT=high npm start", 2, /would not start: PORT must be a whole number/],
    ["sh", "PORT=3000", 2, /call the block ini/],
    ["sh", "cat <<EOF\nx\nEOF\nnpm run chek", 5, /no script "chek"/],
    ["sh", "echo 'one", 2, /mend its quotes/],
    ["sh", "docker run -e PORTS=80 image", 2, /no variable PORTS/],
    ["sh", 'npm ci\ncurl "$AUTH_URL/api/you"', 3, /serves no \/api\/you/],
    ["sh", "curl http://localhost:3000/api/users/7/8", 2, /serves no/],
    ["ini", "AUTH_URL=x\nPORTS=1", 3, /no variable PORTS/],
    ["ini", "PORT=1", 2, /AUTH_URL is required with PORT=1/],
    ["yaml", "environment:\n  AUTH_URI: x", 3, /no variable AUTH_URI/],
    ["cobol", "STOP RUN.", 2, /is in "cobol", which nobody checks; name one of ts, /],
    ["", "npm ci", 2, /says no language/],
  ])("in %s are refused like %j", async (language, code, line, problem) => {
    expect(await guide(block(language, code))).toEqual([
      expect.stringMatching(new RegExp(`^docs/guide\\.md:${line}: .*${problem.source.replace(/^\^/, "")}`)),
    ]);
  });

  it("stand in the text too", async () => {
    expect(await guide("Run `npm run check`, `npm run auth -- add-user <login>` or `npm run auth -- --help`.")).toEqual(
      [],
    );
    expect(await guide("See `lib/tokens.ts`, `lib/`, `lib/*.test.ts` and `lib/…/x.ts`.")).toEqual([]);
    expect(await guide("See `lib/token.ts`.")).toEqual(["docs/guide.md:1: there is no lib/token.ts; mend the path."]);
    expect(await guide("# Guide\nRun `npm run chek` or `npm run auth -- del-user`.")).toEqual([
      expect.stringMatching(/^docs\/guide\.md:2: package\.json has no script "chek"/),
      expect.stringMatching(/^docs\/guide\.md:2: .*del-user/),
    ]);
  });
});

describe("links", () => {
  it("lead to files and headings that are there", async () => {
    const text =
      "# Über `x_y`: that!\n## A\n## A\n[1](#über-x_y-that) [2](#a-1) [3](../README.md#readme) [4](https://x.test/#no)";
    expect(await guide(`${text}\n\`[5](nowhere)\`\n${block("text", "[6](nowhere)")}`)).toEqual([]);
  });

  it.each([
    ["[1](nowhere.md)", "the link leads to docs/nowhere.md, which is not there."],
    ["![1](images/nothing.png)", "the link leads to docs/images/nothing.png, which is not there."],
    ["[1](#nothing)", "docs/guide.md has no heading for #nothing; there are #guide."],
    ["[1](../README.md#nothing)", "README.md has no heading for #nothing; there are #readme."],
    ["[1](/docs/guide.md)", "write the link /docs/guide.md relative to this document."],
  ])("are refused like %s", async (link, problem) => {
    expect(await guide(`# Guide\n\n${link}\n`)).toEqual([`docs/guide.md:3: ${problem}`]);
  });

  it("lead from README to every guide", async () => {
    expect(await problems({ "docs/other.md": "", "docs/decisions/0001.md": "" })).toEqual([
      "README.md: no link leads to docs/other.md; add it to the list of guides.",
    ]);
  });
});

describe("the lists of variables", () => {
  const table = (...rows: string[]) =>
    problems({
      "docs/configuration.md": ["| variable | default | meaning | example |", "|---|---|---|---|", ...rows].join("\n"),
    });

  it("have right defaults and examples", async () => {
    expect(await table("| `PORT` | `3000` | a | b `c` | `80` |", "| `AUTH_URL` | none | x | `y` |")).toEqual([]);
    expect(await table("| `PORT` | 3000 in development | x | |", "| `AUTH_URL` | that of `PORT` | |")).toEqual([]);
    expect(await table("| `PORT` | `80` | x | `high` |", "| `AUTH_URL` | `x` | |")).toEqual([
      "docs/configuration.md:3: the default of PORT is `3000`, not `80`.",
      "docs/configuration.md:3: the example of PORT must be a whole number.",
      "docs/configuration.md:4: the default of AUTH_URL is none, not `x`.",
    ]);
  });

  it("name all of them and no other", async () => {
    const found = await problems({
      ".env.example": "# PORT=1\n# OLD=1\n",
      "docs/configuration.md": "| variable |\n|---|\n| `AUTH_URL` |\n| `OLD` |\n",
    });
    expect(found).toEqual([
      "docs/configuration.md:4: there is no variable OLD; mend the name, or add it to lib/config/variables.ts.",
      "docs/configuration.md: PORT has no row in a table; say there what it means.",
      ".env.example:2: there is no variable OLD; mend the name, or add it to lib/config/variables.ts.",
      '.env.example: AUTH_URL is missing; add a line "# AUTH_URL=".',
    ]);
  });
});

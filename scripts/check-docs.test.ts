import { describe, expect, it } from "vitest";
import { knowledgeOf } from "./docs/knowledge";
import { programProblem } from "./docs/programs";
import { block, guide, problems } from "./docs/small-project";

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
    ["sh", 'LOGIN=$(npm run -s auth -- add-user ann)\nfor x in 1 2; do echo "$LOGIN" | npm run --silent check; done'],
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
    ["sh", "npm ci\nLOGIN=$(npm run -s auth -- del-user ann)", 3, /unknown command 'del-user'/],
    ["sh", "for x in 1 2; do npm run chek; done", 2, /no script "chek"/],
    ["sh", "sudo env PORTS=3 npm start", 2, /no variable PORTS/],
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

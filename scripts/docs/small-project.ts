import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { afterAll } from "vitest";
import { docsProblems } from "@/scripts/check-docs";
import type { Knowledge } from "./knowledge";

/** A project of a few files, for tests of the check of its documents. */

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
export function problems(files: Record<string, string>): Promise<string[]> {
  projects += 1;
  const root = path.join(folder, String(projects));
  for (const [file, content] of Object.entries({ ...PROJECT, ...files })) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
  }
  return docsProblems(root, async () => knowledge);
}

/** What is said of a guide that begins with this text on its first line. */
export const guide = (text: string) => problems({ "docs/guide.md": text });

export const block = (language: string, code: string, marker?: string) =>
  `${marker === undefined ? "" : `<!-- sample: ${marker} -->\n`}\`\`\`${language}\n${code}\n\`\`\`\n`;

/** What there is in the folder of the project that was looked at last. */
export const leftBehind = (): string[] => readdirSync(path.join(folder, String(projects)));

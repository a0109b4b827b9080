import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { checkGuards, guardProblems, type RouteTable } from "./check-guards";

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

const MIDDLEWARE = 'export const config = { runtime: "nodejs" };';

/** The problems of a project with these files. */
function problems(files: Record<string, string>, table: RouteTable = {}): string[] {
  const root = mkdtempSync(path.join(os.tmpdir(), "gatehouse-guards-"));
  roots.push(root);
  for (const [file, code] of Object.entries({ "middleware.ts": MIDDLEWARE, ...files })) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), code);
  }
  return guardProblems(root, table);
}

const IMPORTS = `
  import { markPublic, requirePermissions, requireUser } from "@/lib/auth/guards";
  import { guardHandler } from "@/lib/auth/handler";
`;
const MARK = 'markPublic("everybody may see it");';
const SIGNED_IN = { "/x": { allow: "signed-in" } };
const PUBLIC = { "/x": { allow: "public" } };

const page = (code: string, table: RouteTable = SIGNED_IN) => problems({ "app/x/page.tsx": IMPORTS + code }, table);
const route = (code: string, table: RouteTable = SIGNED_IN) => problems({ "app/x/route.ts": IMPORTS + code }, table);
const actions = (code: string) => problems({ "app/x/actions.ts": `"use server";${IMPORTS}${code}` });

it("finds nothing to say about this project", () => {
  expect(checkGuards()).toEqual([]);
});

describe("pages", () => {
  const refused = [expect.stringMatching(/^app\/x\/page\.tsx: begin the page's function with await requireUser\(\)/)];

  it.each([
    ["a declaration", "export default async function P() { const user = await requireUser(); return user }"],
    ["an expression", 'export default async function P() { await requirePermissions("a"); }'],
    ["a call around it", "export default async function P() { const ctx = await contextOf(await requireUser()); }"],
    ["a call in its argument", "export default async () => { await requirePermissions(conditionOf(x)); }"],
    ["a function exported by name", "async function P() { await requireUser() }\nexport { P as default };"],
    ["a constant", "const P = async () => { await requireUser() };\nexport default P;"],
  ])("may begin with a guard in %s", (_what, code) => {
    expect(page(code)).toEqual([]);
  });

  it.each([
    ["no guard", "export default function P() { return null }"],
    ["a guard that is not awaited", "export default async function P() { requireUser(); }"],
    ["a guard too late", "export default async function P() { const all = await list(); await requireUser(); }"],
    [
      "a guard behind another call",
      "export default async function P() { const a = await list(), b = await requireUser() }",
    ],
    ["a guard that may not run", "export default async function P() { const user = isOpen || (await requireUser()); }"],
    [
      "a guard that waits in a function",
      "export default async function P() { const f = async () => await requireUser(); }",
    ],
    ["a guard under a condition", "export default async function P() { if (x) { await requireUser(); } }"],
    ["a wrapped function", "export default memo(async () => { await requireUser() })"],
    ["a page from elsewhere", 'export { default } from "./other";'],
    ["no function at all", "export const dynamic = 1;"],
    ["a mark inside a function", `export default function P() { ${MARK} }`],
  ])("are refused with %s", (_what, code) => {
    expect(page(code)).toEqual(refused);
  });

  it("are refused with a guard of the same name from elsewhere", () => {
    const code = 'import { requireUser } from "./mine"; export default async function P() { await requireUser() }';
    expect(problems({ "app/x/page.tsx": code }, SIGNED_IN)).toEqual(refused);
    expect(problems({ "app/x/page.jsx": code }, SIGNED_IN)).toHaveLength(1);
  });

  it("may be public, for a reason", () => {
    const open = "export default function P() {}";
    const noReason = ['app/x/page.tsx: say in markPublic("…") why everybody may come in, as a plain string.'];
    expect(page(MARK + open, PUBLIC)).toEqual([]);
    expect(page(`markPublic("");${open}`, PUBLIC)).toEqual(noReason);
    expect(page(`markPublic(reason);${open}`, PUBLIC)).toEqual(noReason);
  });
});

describe("route handlers", () => {
  it.each([
    ["guardHandler", 'export const GET = guardHandler("signed-in", () => new Response());\nexport const dynamic = 1;'],
    ["a guard of their own", "export async function POST() { await requireUser(); return new Response() }"],
    ["a list of exports", 'const GET = guardHandler("signed-in", f); export { GET };\nexport type Body = string;'],
  ])("may have %s", (_what, code) => {
    expect(route(code)).toEqual([]);
  });

  it.each([
    ["no guard", "export function DELETE() {}", "make DELETE a guardHandler(…)"],
    ["one unguarded of two", 'export const GET = guardHandler("signed-in", f), PUT = f;', "make PUT a guardHandler(…)"],
    ["what is taken apart", "export const { GET } = handlers;", "declare GET in this file"],
    ["what is exported again", 'export { GET } from "./other";', "declare GET in this file"],
    ["what is imported and exported", 'import { GET } from "./other"; export { GET };', "declare GET in this file"],
    ["everything of another file", 'export * from "./other";', "declare the handlers in this file"],
  ])("are refused with %s", (_what, code, expected) => {
    expect(route(code)).toEqual([expect.stringContaining(`app/x/route.ts: ${expected}`)]);
    expect(route(MARK + code, PUBLIC)).toEqual([]);
  });
});

describe("actions", () => {
  it("may begin with a guard or be public", () => {
    expect(actions("export type State = 1;\nexport async function save() { await requireUser() }")).toEqual([]);
    expect(actions(`${MARK} export async function save() {}`)).toEqual([]);
  });

  it.each([
    ["no guard", "export async function save() {}", "make save a function that begins with await requireUser()"],
    ["an unguarded arrow function", "export const save = async () => {};", "make save a function"],
    ["an unguarded default", "export default async function () {}", "make default a function"],
    ["what is exported again", 'export { save } from "./other";', 'declare "save" in this file'],
  ])("are refused with %s", (_what, code, expected) => {
    expect(actions(code)).toEqual([expect.stringContaining(`app/x/actions.ts: ${expected}`)]);
  });

  it("are found inside components and lib, too", () => {
    const inline = (body: string) =>
      `${IMPORTS}\nexport function F() { async function save() { "use server"; ${body} } }`;
    expect(problems({ "components/f.tsx": inline("await requireUser();") })).toEqual([]);
    expect(problems({ "components/f.tsx": inline("await store();") })).toEqual([
      expect.stringContaining("components/f.tsx:5: begin the action with await requireUser()"),
    ]);
    expect(problems({ "lib/a.ts": '"use server"; export async function save() {}' })).toHaveLength(1);
  });
});

describe("the route table", () => {
  const guarded = `${IMPORTS} export default async function P() { await requireUser() }`;

  it("names each page by its path, without groups", () => {
    const files = { "app/(admin)/users/[id]/edit/page.tsx": guarded, "app/page.tsx": guarded };
    const table = {
      "/users/[id]/edit": { allow: "signed-in" },
      "/": { allow: "signed-in" },
      "/icon.svg": PUBLIC["/x"],
    };
    expect(problems(files, table)).toEqual([]);
    expect(problems(files, {})).toEqual([
      'lib/routes.ts: list "/users/[id]/edit" with what it needs, since app/(admin)/users/[id]/edit/page.tsx is there.',
      'lib/routes.ts: list "/" with what it needs, since app/page.tsx is there.',
    ]);
  });

  it("names nothing that does not exist", () => {
    expect(problems({}, SIGNED_IN)).toEqual([
      'lib/routes.ts: "/x" has no page or route file; add the file or remove the line.',
    ]);
  });

  it("agrees with the files on what is public", () => {
    expect(page(`${MARK} export default function P() {}`, SIGNED_IN)).toEqual([
      'app/x/page.tsx: it is marked public but lib/routes.ts does not allow "public" for "/x"; change one of the two.',
    ]);
    expect(problems({ "app/x/page.tsx": guarded }, PUBLIC)).toEqual([
      'lib/routes.ts: "/x" is public but app/x/page.tsx does not say markPublic("why"); change one of the two.',
    ]);
  });
});

describe("the middleware", () => {
  it.each([
    ["another runtime", 'export const config = { runtime: "edge" };'],
    ["no runtime", 'export const config = { matcher: [] }; const other = { runtime: "nodejs" };'],
    ["no config", "export function middleware() {}"],
  ])("is refused with %s", (_what, code) => {
    expect(problems({ "middleware.ts": code })).toEqual([
      'middleware.ts: put runtime: "nodejs" into its exported config; the database driver needs it.',
    ]);
  });

  it("must exist", () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "gatehouse-guards-"));
    roots.push(root);
    expect(guardProblems(root, {})).toEqual([
      "middleware.ts: write it; without it nothing is checked before a page renders.",
    ]);
  });
});

describe("what stands beside pages and handlers", () => {
  it("an action inside a public page needs a guard of its own", () => {
    const inline = 'export default function P() { async function wipe() { "use server"; await drop() } return wipe }';
    expect(page(MARK + inline, PUBLIC)).toEqual([expect.stringContaining("begin the action with")]);
  });

  it.each(["pages/api/y.ts", "app/y/opengraph-image.tsx", "app/sitemap.ts"])("%s is refused", (file) => {
    expect(problems({ [file]: "export default function F() {}" })).toEqual([expect.stringContaining(file)]);
  });
});

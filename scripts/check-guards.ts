import { routes } from "@/lib/routes";
import { keyName, lineOf, type Program, parseSource, readSources } from "./ast";
import { exportsOf, inlineActions, isActionFile, isGuarded, isGuardedHandler, publicMark } from "./guarded";
import { isPage, isRoute, servedPath } from "./served";

export type RouteTable = Record<string, { allow: unknown }>;

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** Files that Next.js serves by itself, without a page or a handler. */
const ASSETS = ["/icon.svg", "/favicon.ico"];
const TABLE = "lib/routes.ts";

const GUARD = 'await requireUser() or await requirePermissions(…) from "@/lib/auth/guards"';
const OR_PUBLIC = 'or say markPublic("why") at the top level of the file';

type File = { path: string; program: Program; mark: ReturnType<typeof publicMark> };

function pageProblems({ path, program }: File): string[] {
  const page = exportsOf(program).find(({ name }) => name === "default");
  if (isGuarded(page?.value, program)) return [];
  return [`${path}: begin the page's function with ${GUARD}, ${OR_PUBLIC}.`];
}

function routeProblems({ path, program }: File): string[] {
  return exportsOf(program).flatMap(({ name, value }) => {
    if (name === "*") return [`${path}: declare the handlers in this file instead of handing them on, ${OR_PUBLIC}.`];
    if (!METHODS.includes(name) || isGuardedHandler(value, program) || isGuarded(value, program)) return [];
    if (!value) return [`${path}: declare ${name} in this file, where its guard can be seen, ${OR_PUBLIC}.`];
    return [`${path}: make ${name} a guardHandler(…) from "@/lib/auth/handler", ${OR_PUBLIC}.`];
  });
}

/** An action inside another file: a public page around it does not make it public. */
function inlineActionProblems({ path, program }: File): string[] {
  return inlineActions(program)
    .filter((action) => !isGuarded(action, program))
    .map(
      (action) => `${path}:${lineOf(action)}: begin the action with ${GUARD}, or move it to a file of public actions.`,
    );
}

function actionProblems({ path, program }: File): string[] {
  if (!isActionFile(program)) return [];
  return exportsOf(program)
    .filter(({ value }) => !isGuarded(value, program))
    .map(({ name, value }) =>
      value
        ? `${path}: make ${name} a function that begins with ${GUARD}, ${OR_PUBLIC}.`
        : `${path}: declare "${name}" in this file, where its guard can be seen, ${OR_PUBLIC}.`,
    );
}

/** Other files from which Next.js makes addresses: they are not looked into, so they must not be there. */
function strangerProblems({ path }: File): string[] {
  if (/^pages\//.test(path)) return [`${path}: move it to app/; the check does not look into pages/.`];
  const isMetadata =
    /^app\/(.+\/)?(opengraph-image|twitter-image|sitemap|robots|manifest|icon|apple-icon)\d*\.[jt]sx?$/;
  if (isMetadata.test(path)) return [`${path}: write it as a route.ts with a guard, or as a static file.`];
  return [];
}

function fileProblems(file: File): string[] {
  const always = [...strangerProblems(file), ...(isActionFile(file.program) ? [] : inlineActionProblems(file))];
  if (file.mark === "marked") return always;
  if (file.mark === "without reason") {
    return [`${file.path}: say in markPublic("…") why everybody may come in, as a plain string.`, ...always];
  }
  return [
    ...always,
    ...(isPage(file.path) ? pageProblems(file) : []),
    ...(isRoute(file.path) ? routeProblems(file) : []),
    ...actionProblems(file),
  ];
}

function tableProblems(files: File[], table: RouteTable): string[] {
  const served = files.filter(({ path }) => isPage(path) || isRoute(path));
  const paths = new Set([...served.map(({ path }) => servedPath(path)), ...ASSETS]);
  return [
    ...served.flatMap(({ path: file, mark }) => {
      const path = servedPath(file);
      const route = Object.hasOwn(table, path) ? table[path] : undefined;
      if (!route) return [`${TABLE}: list "${path}" with what it needs, since ${file} is there.`];
      const isOpen = route.allow === "public";
      if (isOpen === (mark !== "none")) return [];
      return isOpen
        ? [`${TABLE}: "${path}" is public but ${file} does not say markPublic("why"); change one of the two.`]
        : [`${file}: it is marked public but ${TABLE} does not allow "public" for "${path}"; change one of the two.`];
    }),
    ...Object.keys(table)
      .filter((path) => !paths.has(path))
      .map((path) => `${TABLE}: "${path}" has no page or route file; add the file or remove the line.`),
  ];
}

function hasNodeRuntime(program: Program): boolean {
  const config = exportsOf(program).find(({ name }) => name === "config")?.value;
  return (
    config?.type === "ObjectExpression" &&
    config.properties.some(
      (member) =>
        member.type === "ObjectProperty" &&
        keyName(member, member.key) === "runtime" &&
        member.value.type === "StringLiteral" &&
        member.value.value === "nodejs",
    )
  );
}

function middlewareProblems(root: string): string[] {
  const [source] = readSources(root, ["middleware.ts"]);
  if (!source) return ["middleware.ts: write it; without it nothing is checked before a page renders."];
  if (hasNodeRuntime(parseSource(source))) return [];
  return ['middleware.ts: put runtime: "nodejs" into its exported config; the database driver needs it.'];
}

/**
 * Pages, handlers and actions below `root` that neither call a guard first nor say that they are public, and where the
 * files and the route table differ; a sentence each.
 */
export function guardProblems(root: string, table: RouteTable = routes): string[] {
  const files = readSources(root, ["app", "components", "lib", "pages"]).map((source): File => {
    const program = parseSource(source);
    return { path: source.path, program, mark: publicMark(program) };
  });
  return [...files.flatMap(fileProblems), ...middlewareProblems(root), ...tableProblems(files, table)];
}

/** The check of `npm run check`: the problems of this project. */
export function checkGuards(): string[] {
  return guardProblems(process.cwd());
}

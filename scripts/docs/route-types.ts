import { existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isPage, isRoute, servedPath } from "@/scripts/served";

/** What `next typegen` writes for the pages of a project, as far as samples use it. */

const TYPES = `
type ParamsOf<Path extends string> = Path extends \`\${infer Head}/\${infer Rest}\`
  ? ParamOf<Head> & ParamsOf<Rest>
  : ParamOf<Path>;
type ParamOf<Segment extends string> = Segment extends \`[[...\${infer Name}]]\`
  ? { [Key in Name]?: string[] }
  : Segment extends \`[...\${infer Name}]\`
    ? { [Key in Name]: string[] }
    : Segment extends \`[\${infer Name}]\`
      ? { [Key in Name]: string }
      : unknown;
interface PageProps<Path extends AppPath> {
  params: Promise<ParamsOf<Path>>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}
interface LayoutProps<Path extends AppPath> {
  params: Promise<ParamsOf<Path>>;
  children: import("react").ReactNode;
}
interface RouteContext<Path extends AppPath> {
  params: Promise<ParamsOf<Path>>;
}
`;

/** Name of the file that declares them, in the root of the project. */
export const ROUTE_TYPES = "route-types.d.ts";

/** The paths of all pages and handlers below `root`. */
export function servedPaths(root: string): string[] {
  return appFiles(root)
    .filter((file) => isPage(file) || isRoute(file))
    .map(servedPath)
    .sort();
}

function appFiles(root: string): string[] {
  const app = path.join(root, "app");
  if (!existsSync(app)) return [];
  return readdirSync(app, { recursive: true, encoding: "utf8" }).map((file) => `app/${file.replaceAll(path.sep, "/")}`);
}

const isLayout = (file: string) => /\/layout\.tsx?$/.test(file);

/** Declares `PageProps`, `LayoutProps` and `RouteContext` for the pages and handlers below `root`. */
export function writeRouteTypes(root: string): void {
  const layouts = appFiles(root).filter(isLayout).map(servedPath);
  const union = [...new Set([...servedPaths(root), ...layouts])].map((route) => JSON.stringify(route));
  if (union.length === 0) return;
  const references = '/// <reference types="next" />\n/// <reference types="next/image-types/global" />\n';
  writeFileSync(path.join(root, ROUTE_TYPES), `${references}type AppPath = ${union.join(" | ")};\n${TYPES}`);
}

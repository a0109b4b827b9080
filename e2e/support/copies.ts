import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { bundleFolder, completeBundle } from "@/scripts/bundle/complete";
import { binary } from "@/scripts/processes";
import { generated } from "./generated";
import { addOwnGuards } from "./own-guards";
import { complete, start } from "./process";
import { productionEnv } from "./server";

const ROOT = process.cwd();

// The lock file stays behind on purpose: without one, a copy below the project uses the project's own packages.
const LEFT_OUT = ["node_modules", ".next", ".git", ".data", ".env.local", "package-lock.json", "test-results"];

/** A copy of the project below `.data/`, without anything made at run time. */
export function copyProject(name: string, without: string[] = []): string {
  const target = path.join(ROOT, ".data", name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(ROOT)) {
    if (LEFT_OUT.includes(entry) || without.includes(entry)) continue;
    cpSync(path.join(ROOT, entry), path.join(target, entry), { recursive: true });
  }
  return target;
}

/** Removes everything that the functions of this file have made. */
export function removeCopies(): void {
  for (const name of ["dev-copy", "empty-app", "generated", "without-middleware"]) {
    rmSync(path.join(ROOT, ".data", name), { recursive: true, force: true });
  }
}

/** The least that Next.js can serve, built: what the login page's scripts are measured against. */
export async function buildEmptyApp(): Promise<string> {
  const target = path.join(ROOT, ".data", "empty-app");
  rmSync(target, { recursive: true, force: true });
  mkdirSync(path.join(target, "app"), { recursive: true });
  const write = (file: string, text: string) => writeFileSync(path.join(target, file), text);
  write("package.json", "{}");
  // Without these, Next.js would find the project's own further up.
  write(
    "next.config.mjs",
    "export default { output: 'standalone', experimental: { turbopackFileSystemCacheForBuild: false } };",
  );
  write("instrumentation.js", "export function register() {}");
  write("app/layout.jsx", "export default ({ children }) => <html><body>{children}</body></html>;");
  write(
    "app/page.jsx",
    "export const dynamic = 'force-dynamic';\nexport default function Page() { return <p>empty</p>; }",
  );
  await complete(path.resolve(binary("next")), ["build"], { cwd: target, env: productionEnv() });
  completeBundle(target);
  return target;
}

/**
 * The project as it was built, but for its middleware: nothing may depend on it.
 *
 * Where Next.js should find it otherwise, e2e/guards.spec.ts fails, because redirects without middleware have no `next`.
 */
export function copyWithoutMiddleware(): string {
  const target = path.join(ROOT, ".data", "without-middleware");
  rmSync(target, { recursive: true, force: true });
  for (const part of ["start.mjs", "standalone", "required-server-files.json"]) {
    const [from, to] = [ROOT, target].map((folder) => path.join(folder, ".next", part)) as [string, string];
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
  const server = path.join(bundleFolder(target), ".next", "server");
  rmSync(path.join(server, "middleware.js"));
  const manifest = path.join(server, "functions-config-manifest.json");
  const { functions, ...rest } = JSON.parse(readFileSync(manifest, "utf8"));
  const { "/_middleware": middleware, ...others } = functions;
  if (!middleware) throw new Error(`${manifest} has no middleware to take out.`);
  writeFileSync(manifest, JSON.stringify({ ...rest, functions: others }));
  return target;
}

/** Types are checked by the build, and documents do not change. */
const CHECKS = ["lint", "messages", "guards"];

/**
 * The project with an entity that the generator has written into it, and with guards of its own, built.
 * @returns its folder, and what `npm run check` says there
 */
export async function buildGenerated(): Promise<{ folder: string; check: string }> {
  const folder = copyProject("generated");
  // As after npm ci: the checks look for their programs here.
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  const options = { cwd: folder, env: productionEnv() };
  await complete("npm", ["run", "-s", "new", "--", "entity", generated.name, "--label-es", generated.labelEs], options);
  addOwnGuards(folder);
  const checked = start("npm", ["run", "-s", "check", "--", ...CHECKS], options);
  const check = `${await checked.exited}\n${checked.output()}`;
  await complete("npm", ["run", "-s", "build"], options);
  return { folder, check };
}

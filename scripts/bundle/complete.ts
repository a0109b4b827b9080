import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const START = path.join(import.meta.dirname, "start.mjs");

/** What Next.js has noted about the build in `root`. */
const facts = (root: string) =>
  JSON.parse(readFileSync(path.join(root, ".next", "required-server-files.json"), "utf8")) as {
    relativeAppDir: string;
    config: { serverExternalPackages: string[] };
  };

/** Packages that the bundle has as they are, in its node_modules. */
export const externalPackages = (root: string): string[] => facts(root).config.serverExternalPackages;

/** Where Next.js has put the bundle: deeper than usual, if a folder further up has the lock file. */
export const bundleFolder = (root: string): string =>
  path.join(root, ".next", "standalone", facts(root).relativeAppDir);

/** Adds to the bundle what Next.js leaves to whoever deploys it: files for browsers, and a start that heeds .env files. */
export function completeBundle(root: string): void {
  const bundle = bundleFolder(root);
  cpSync(path.join(root, ".next", "static"), path.join(bundle, ".next", "static"), { recursive: true });
  const files = path.join(root, "public");
  if (existsSync(files)) cpSync(files, path.join(bundle, "public"), { recursive: true });
  // Next.js copies them, with the secrets of this machine; they are read where the server is started.
  for (const name of [".env", ".env.production"]) rmSync(path.join(bundle, name), { force: true });
  copyFileSync(START, path.join(bundle, "start.mjs"));
  const leading = path.relative(path.join(root, ".next"), path.join(bundle, "start.mjs"));
  writeFileSync(path.join(root, ".next", "start.mjs"), `import "./${leading.split(path.sep).join("/")}";\n`);
}

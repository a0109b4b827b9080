import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import esbuild from "esbuild";
import { bundleFolder, externalPackages } from "./complete";

/** Modules of CommonJS that end up in the files ask for `require`. */
const HEAD = `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
process.env.NODE_ENV = "production";`;

/** What the scripts of the project are called in the bundle, where nothing translates TypeScript. */
const SCRIPTS = { start: "exec node start.mjs", auth: "node cli/main.js", seed: "node cli/seed.js" };

/** esbuild finds what an import may mean whose name is put together, as that of a language, only by a relative path. */
const aliases = (root: string): esbuild.Plugin => ({
  name: "aliases in imports that are put together",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/, namespace: "file" }, ({ path: file }) => {
      const up = path.relative(path.dirname(file), root).split(path.sep).join("/");
      return { contents: readFileSync(file, "utf8").replaceAll("import(`@/", `import(\`./${up}/`), loader: "ts" };
    });
  },
});

/** Adds the command line to the bundle of the project in `root`: `npm run auth` and `npm run seed` work in its folder. */
export async function bundleCli(root: string): Promise<void> {
  const bundle = bundleFolder(root);
  const source = path.join(root, "lib", "cli");
  const commands = readdirSync(path.join(source, "commands")).map((file) => path.join(source, "commands", file));
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [path.join(source, "main.ts"), path.join(source, "seed.ts"), ...commands],
    outbase: source,
    outdir: path.join(bundle, "cli"),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    // Where a package has modules, names can be taken out of it when it is imported late.
    mainFields: ["module", "main"],
    target: "node20",
    // The server has these in its node_modules, which therefore are enough for the command line.
    external: [...externalPackages(root), "@next/env"],
    banner: { js: HEAD },
    plugins: [aliases(root)],
    logLevel: "warning",
  });
  const { name, version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const manifest = { name, version, private: true, type: "module", scripts: SCRIPTS };
  writeFileSync(path.join(bundle, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

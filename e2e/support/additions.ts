import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Where `npm run new` adds lines too. */
const MARKER = "  // npm run new adds lines above this one\n";

/**
 * Adds to a copy of the project.
 * @param files texts by path
 * @param routes lines of the route table
 */
export function addTo(folder: string, files: Record<string, string>, routes: string): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  const table = path.join(folder, "lib/routes.ts");
  writeFileSync(table, readFileSync(table, "utf8").replace(MARKER, `${routes}${MARKER}`));
}

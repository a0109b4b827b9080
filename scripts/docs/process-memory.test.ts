import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { parseDocument } from "./document";
import { processMemoryProblems } from "./process-memory";

const root = mkdtempSync(path.join(os.tmpdir(), "gatehouse-memory-"));
afterAll(() => rmSync(root, { recursive: true }));

mkdirSync(path.join(root, "lib/testing"), { recursive: true });
const file = (name: string, text: string) => writeFileSync(path.join(root, "lib", name), text);
file("pool.ts", "const shared = globalThis as typeof globalThis & {\n  gatehousePool?: Pool;\n};\n");
file(
  "cache.ts",
  "export let last: string;\nconst known = new Map<string, { until: number }>();\nconst queue = pLimit(2);\n",
);
file(
  "constant.ts",
  'const NAMES = new Set(["a"]);\nconst x = 1;\nfunction f() {\n  let n = 0;\n  const m = new Map();\n}\n',
);
file("cache.test.ts", "let site: string;\n");
file("testing/site.ts", "let site: string;\n");

const guide = (...rows: string[]) => {
  const text = ["| what | where | why |", "|---|---|---|", ...rows].join("\n");
  return processMemoryProblems(root, [parseDocument("docs/scaling.md", text)]);
};

const POOL = "| `gatehousePool` | `lib/pool.ts` | its own |";
const CACHE = "| `last`, `known`, `queue` | `lib/cache.ts` | its own |";

it("takes a guide that names all that is kept, and none that is not there", () => {
  expect(guide(POOL, CACHE)).toEqual([]);
  expect(processMemoryProblems(root, [])).toEqual([]);
});

it("misses what is not named, by name and by file", () => {
  expect(guide(CACHE)).toEqual([expect.stringContaining("does not name `gatehousePool` of lib/pool.ts")]);
  expect(guide(POOL, CACHE.replace("cache.ts", "other.ts"))).toHaveLength(6);
  expect(guide(POOL, CACHE.replace("`known`, ", ""))).toEqual([expect.stringContaining("`known` of lib/cache.ts")]);
});

it("knows of nothing that is gone", () => {
  expect(guide(POOL, CACHE, "| `gone` | `lib/pool.ts` | its own |")).toEqual([
    "docs/scaling.md:5: lib/pool.ts keeps no gone any more; mend the row.",
  ]);
});

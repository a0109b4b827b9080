import { readFileSync } from "node:fs";

/** Megabytes that a process holds for itself and its share of what it has in common with others (PSS); of Linux only. */
export function megabytes(pid: number | undefined): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? Number.NaN) / 1024;
}

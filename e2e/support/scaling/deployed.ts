import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * A file of deploy/scaling/ as it is, but for what differs on this machine.
 * @param changes what stands in it, and what takes its place
 * @throws Error where the file has no such place any more
 */
export function deployed(
  name: string,
  changes: readonly (readonly [from: string | RegExp, to: string])[] = [],
): string {
  return changes.reduce(
    (text, [from, to]) => {
      if (text.search(from) < 0) throw new Error(`deploy/scaling/${name} has no ${from}.`);
      return text.replace(from, () => to);
    },
    readFileSync(path.resolve("deploy/scaling", name), "utf8"),
  );
}

import { membersOf } from "./data";
import { Misplaced } from "./fragment";
import { codeOf, type Line, plainLines } from "./lines";

/** Adds members to an object in a file of JSON; objects that are there under the same name take in those of the sample. */

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function merge(into: Json, members: [string, unknown][], path: string): string[] {
  return members.flatMap(([name, value]) => {
    const there = Object.hasOwn(into, name) ? into[name] : undefined;
    if (isObject(there) && isObject(value)) return merge(there, Object.entries(value), `${path}${name}.`);
    into[name] = value;
    return [`${path}${name}`];
  });
}

/**
 * `lines` of `file` with the members of `code` in the object at `place` (names with dots between).
 * @returns the new lines, and the names that the sample has brought along
 * @throws Misplaced if there is no such object
 */
export function addMembers(
  file: string,
  lines: Line[],
  place: string | undefined,
  code: string,
): { lines: Line[]; names: string[] } {
  const whole = JSON.parse(codeOf(lines)) as Json;
  const holder = (place?.split(".") ?? []).reduce<unknown>(
    (value, name) => (isObject(value) ? value[name] : undefined),
    whole,
  );
  if (!isObject(holder)) throw new Misplaced(`${file} has no object "${place}" to add the sample to`);
  return { names: merge(holder, membersOf(code), ""), lines: plainLines(JSON.stringify(whole, null, 2)) };
}

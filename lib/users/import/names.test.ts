import fc from "fast-check";
import { expect, it } from "vitest";
import { joinNames, splitNames } from "./names";

it.each([
  ["", []],
  ["Staff", ["Staff"]],
  [" Staff | Guests |", ["Staff", "Guests"]],
  ["CORP\\staff", ["CORP\\staff"]],
  ["a\\|b|c\\\\", ["a|b", "c\\"]],
])("%j holds %j", (cell, names) => {
  expect(splitNames(cell)).toEqual(names);
});

it("gives all names back", () => {
  const name = fc.array(fc.constantFrom("|", "\\", "a", "B", "-", ";")).map((all) => all.join(""));
  fc.assert(
    fc.property(fc.array(name.filter(Boolean)), (names) => {
      expect(splitNames(joinNames(names))).toEqual(names);
    }),
  );
});

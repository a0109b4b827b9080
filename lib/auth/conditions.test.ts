import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Permission } from "@/lib/permissions";
import { propertyRuns } from "@/lib/testing/property-runs";
import { type Condition, hasAll, hasAny, satisfies } from "./conditions";
import type { Principal } from "./principal";

const principalWith = (permissions: readonly string[], isSuperuser = false): Principal => ({
  userId: "018f0000-0000-7000-8000-000000000001",
  loginId: "ann@example.com",
  isSuperuser,
  permissions: new Set(permissions),
  locale: null,
  sessionId: "018f0000-0000-7000-8000-000000000002",
});

/** The app declares one permission; the algebra needs more. */
const token = (name: string) => name as Permission;
const [a, b, c] = ["a", "b", "c"].map(token) as [Permission, Permission, Permission];

const holdsNothing = principalWith([]);
const holdsA = principalWith(["a"]);
const holdsAb = principalWith(["a", "b"]);
const superuser = principalWith([], true);

describe("satisfies", () => {
  it.each<[string, Principal, Condition, boolean]>([
    ["a token that is held", holdsA, a, true],
    ["a token that is not held", holdsA, b, false],
    ["any, of which one is held", holdsA, hasAny(a, b), true],
    ["any, of which none is held", holdsNothing, hasAny(a, b), false],
    ["all, of which all are held", holdsAb, hasAll(a, b), true],
    ["all, of which one is missing", holdsA, hasAll(a, b), false],
    ["a list, of which all are held", holdsAb, [a, b], true],
    ["a list, of which one is missing", holdsAb, [a, b, c], false],
    ["any of alls", holdsAb, hasAny(hasAll(a, c), hasAll(a, b)), true],
    ["all of anys", holdsA, hasAll(hasAny(a, b), hasAny(b, c)), false],
    ["a list in an any in a list", holdsAb, [hasAny([a, c], [a, b])], true],
    ["a function that says yes", holdsNothing, () => true, true],
    ["a function that says no", holdsAb, () => false, false],
    ["a function beside a token", holdsA, [a, ({ loginId }) => loginId.startsWith("ann")], true],
    ["a function within any", holdsNothing, hasAny(a, () => true), true],
    ["an empty list", holdsAb, [], false],
    ["an empty any", holdsAb, { any: [] }, false],
    ["an empty all", holdsAb, { all: [] }, false],
    ["an empty list within all", holdsAb, hasAll(a, []), false],
  ])("%s", (_, principal, condition, expected) => {
    expect(satisfies(principal, condition)).toBe(expected);
  });

  it.each<[string, Condition, boolean]>([
    ["every token", a, true],
    ["every nesting of tokens", hasAll(hasAny(a, b), [b, c]), true],
    ["not a function that says no", () => false, false],
    ["not a list with such a function", [a, () => false], false],
    ["not an empty list", [], false],
    ["not an empty any", { any: [] }, false],
  ])("holds for a superuser: %s", (_, condition, expected) => {
    expect(satisfies(superuser, condition)).toBe(expected);
  });

  it("lets nobody in by a function that answers with something else than true", () => {
    expect(satisfies(superuser, (() => "yes") as unknown as () => boolean)).toBe(false);
    expect(satisfies(superuser, (async () => true) as unknown as () => boolean)).toBe(false);
  });

  it("hands the user to the function", () => {
    expect(satisfies(holdsA, (user) => user === holdsA)).toBe(true);
  });
});

describe("types", () => {
  it("refuse a misspelt token", () => {
    const right: Condition = "auth-manage";
    // @ts-expect-error no such permission
    const wrong: Condition = "auth-mange";
    // @ts-expect-error no such permission
    hasAny("auth-manage", "auth-mange");
    // @ts-expect-error no such permission, deeper down
    const deep: Condition = [hasAll("auth-manage"), { any: ["auth-mange"] }];
    expect([right, wrong, deep]).toHaveLength(3);
  });

  it("refuse an empty any and an empty all", () => {
    // @ts-expect-error nothing to have any of
    const any = hasAny();
    // @ts-expect-error nothing to have all of
    const all = hasAll();
    expect(satisfies(superuser, any) || satisfies(superuser, all)).toBe(false);
  });
});

/** A tree of conditions together with what it means. */
type Tree = { condition: Condition; holds: (held: ReadonlySet<string>) => boolean };

const TOKENS = ["a", "b", "c", "d"];

const leaf: fc.Arbitrary<Tree> = fc.oneof(
  fc.constantFrom(...TOKENS).map((name): Tree => ({ condition: token(name), holds: (held) => held.has(name) })),
  fc.boolean().map((value): Tree => ({ condition: () => value, holds: () => value })),
);

const { tree } = fc.letrec<{ tree: Tree }>((tie) => {
  const parts = fc.array(tie("tree"), { minLength: 1, maxLength: 4 });
  const conditions = (trees: Tree[]) => trees.map(({ condition }) => condition) as [Condition, ...Condition[]];
  return {
    tree: fc.oneof(
      { maxDepth: 5, depthSize: "medium" },
      leaf,
      parts.map(
        (trees): Tree => ({
          condition: hasAny(...conditions(trees)),
          holds: (held) => trees.map(({ holds }) => holds(held)).includes(true),
        }),
      ),
      parts.map(
        (trees): Tree => ({
          condition: hasAll(...conditions(trees)),
          holds: (held) => !trees.map(({ holds }) => holds(held)).includes(false),
        }),
      ),
      parts.map(
        (trees): Tree => ({
          condition: conditions(trees),
          holds: (held) => !trees.map(({ holds }) => holds(held)).includes(false),
        }),
      ),
    ),
  };
});

describe("algebra", () => {
  it("hasAny is OR, hasAll and lists are AND, however deep", () => {
    fc.assert(
      fc.property(tree, fc.subarray(TOKENS), ({ condition, holds }, held) => {
        expect(satisfies(principalWith(held), condition)).toBe(holds(new Set(held)));
      }),
      propertyRuns(1000),
    );
  });

  it("a superuser counts as holding every token", () => {
    fc.assert(
      fc.property(tree, ({ condition, holds }) => {
        expect(satisfies(superuser, condition)).toBe(holds(new Set(TOKENS)));
      }),
    );
  });

  const held = fc.subarray(TOKENS);
  const holding = (names: readonly string[]) => (condition: Condition) => satisfies(principalWith(names), condition);

  it("holds on to what was satisfied when permissions are added, and a superuser has the most", () => {
    fc.assert(
      fc.property(tree, held, held, ({ condition }, some, more) => {
        if (!holding(some)(condition)) return;
        expect(holding([...some, ...more])(condition)).toBe(true);
        expect(satisfies(superuser, condition)).toBe(true);
      }),
      propertyRuns(500),
    );
  });

  it("keeps the laws of logic: order, repetition, distribution and De Morgan's", () => {
    const not =
      (condition: Condition): Condition =>
      (principal) =>
        !satisfies(principal, condition);
    fc.assert(
      fc.property(tree, tree, tree, held, (first, second, third, names) => {
        const [x, y, z] = [first.condition, second.condition, third.condition];
        const is = holding(names);
        expect(is(hasAny(x, y))).toBe(is(hasAny(y, x)));
        expect(is(hasAll(x, y))).toBe(is(hasAll(y, x)));
        expect([is(hasAny(x, x)), is(hasAll(x, x)), is([x])]).toEqual([is(x), is(x), is(x)]);
        expect(is(hasAll(x, hasAny(y, z)))).toBe(is(hasAny(hasAll(x, y), hasAll(x, z))));
        expect(is(hasAny(x, hasAll(y, z)))).toBe(is(hasAll(hasAny(x, y), hasAny(x, z))));
        expect(is(not(hasAny(x, y)))).toBe(is(hasAll(not(x), not(y))));
        expect(is(not(hasAll(x, y)))).toBe(is(hasAny(not(x), not(y))));
      }),
      propertyRuns(500),
    );
  });

  it("opens nothing by an empty list, wherever it stands among what has to hold", () => {
    const empty: fc.Arbitrary<Condition> = fc.constantFrom([], { any: [] }, { all: [] });
    fc.assert(
      fc.property(tree, empty, ({ condition }, nothing) => {
        expect(satisfies(superuser, hasAll(condition, nothing))).toBe(false);
        expect(satisfies(superuser, hasAny(nothing, condition))).toBe(satisfies(superuser, condition));
      }),
      propertyRuns(200),
    );
  });
});

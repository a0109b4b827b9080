import type { Entity, Values } from "@/lib/crud/entity";

/**
 * What the conformance tests need to know of the app that they cannot read from its definitions. An entity of yours whose
 * empty form with a name is not enough for a new record gets an entry here.
 */

/** Fields of a new record by entity, beside its label; `unique` makes a text that nothing else has. */
const samples: Record<string, (unique: (stem: string) => string) => Values> = {
  users: (unique) => ({ loginId: `${unique("user")}@example.com`, sendWelcome: false }),
};

/** A new record of this entity. */
export function sampleOf({ name, label, editing }: Entity, unique: (stem: string) => string): Values {
  return { ...editing?.defaults, [label]: unique(name), ...samples[name]?.(unique) };
}

/** A field that can be changed, and to what. */
export function changeOf({ label, name }: Entity, unique: (stem: string) => string): Values {
  return name === "users" ? { isEnabled: false } : { [label]: unique("changed") };
}

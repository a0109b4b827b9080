/** The generator will not do it; the message says why and what to do instead. Nothing was written. */
export class Refusal extends Error {}

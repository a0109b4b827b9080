import type { Names } from "./names";
import { Refusal } from "./refusal";

/** What people call the entity, in one language. */
export type Label = { plural: string; singular: string };

export type Labels = {
  en: Label;
  es: Label;
  /** Whether the Spanish texts have to do with the English words. */
  isSpanishMissing: boolean;
};

export type LabelOptions = { label?: string; labelSingular?: string; labelEs?: string; labelSingularEs?: string };

/** They have a meaning in messages (ICU), or cannot stand in a text at all. */
const UNFIT = /[{}<>"\\\p{C}]/u;

const sentenceCase = (kebab: string) => {
  const words = kebab.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** As it stands within a sentence; "CRM entries" keeps its capitals. */
export const within = (text: string): string =>
  /^\p{Lu}\p{Lu}/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);

function checked(option: string, text: string): string {
  const tidy = text.trim();
  if (tidy !== "" && tidy.length <= 60 && !UNFIT.test(tidy)) return tidy;
  throw new Refusal(`${option} must be a text of at most 60 characters without { } < > " and \\.`);
}

/** The likely singular of a Spanish plural; only its first word changes, as in "listas de precios". */
const spanishSingular = (plural: string) =>
  plural.replace(/^\S+/, (word) =>
    word
      .replace(/iones$/, "ión")
      .replace(/([dlnr])es$/, "$1")
      .replace(/([aeiouáéíóú])s$/, "$1"),
  );

/**
 * The labels given, and defaults for the rest.
 * @throws Refusal for a text that cannot be a label
 */
export function labelsOf({ plural, singular }: Names, options: LabelOptions): Labels {
  const en = {
    plural: checked("--label", options.label ?? sentenceCase(plural.kebab)),
    singular: checked("--label-singular", options.labelSingular ?? sentenceCase(singular.kebab)),
  };
  const { labelEs, labelSingularEs } = options;
  const es = {
    plural: checked("--label-es", labelEs ?? en.plural),
    singular: checked("--label-singular-es", labelSingularEs ?? (labelEs ? spanishSingular(labelEs) : en.singular)),
  };
  return { en, es, isSpanishMissing: labelEs === undefined };
}

import { type Label, within } from "./labels";
import type { Names } from "./names";

/** The messages of an entity in one language: what belongs below which key. */
export type EntityTexts = { own: Record<string, unknown>; card: string; view: string; manage: string };

const english = ({ plural, singular }: Label): EntityTexts => ({
  own: {
    title: plural,
    intro: `Everything about ${within(plural)} in one place.`,
    add: `Add ${within(singular)}`,
    addTitle: `Add ${within(singular)}`,
    editTitle: "Edit {name}",
    emptyTitle: `No ${within(plural)} yet`,
    emptyText: "What you add appears here.",
    fields: { name: "Name", isActive: "Active", dueOn: "Due date", notes: "Notes", createdAt: "Added" },
    hints: { dueOn: "Leave empty if there is none." },
    sections: { details: "Details" },
    bulk: { activate: "Activate", deactivate: "Deactivate", delete: "Delete" },
  },
  card: `See ${within(plural)}, and manage them if you may.`,
  view: `See ${within(plural)}`,
  manage: `Add, change and delete ${within(plural)}`,
});

/** Worded so that they fit nouns of either gender. */
const spanish = ({ plural, singular }: Label): EntityTexts => ({
  own: {
    title: plural,
    intro: `Todo sobre ${within(plural)} en un solo lugar.`,
    add: `Añadir ${within(singular)}`,
    addTitle: `Añadir ${within(singular)}`,
    editTitle: "Editar {name}",
    emptyTitle: `Todavía no hay ${within(plural)}`,
    emptyText: "Lo que añada aparecerá aquí.",
    fields: { name: "Nombre", isActive: "Activo", dueOn: "Fecha límite", notes: "Notas", createdAt: "Fecha de alta" },
    hints: { dueOn: "Déjela en blanco si no hay." },
    sections: { details: "Datos" },
    bulk: { activate: "Activar", deactivate: "Desactivar", delete: "Eliminar" },
  },
  card: `Vea ${within(plural)} y, con permiso, añada, cambie o elimine.`,
  view: `Ver ${within(plural)}`,
  manage: `Añadir, cambiar y eliminar ${within(plural)}`,
});

/** The texts for messages/<language>.json; in English for languages that this file does not speak. */
export const textsIn = (language: string, labels: { en: Label; es: Label }): EntityTexts =>
  language === "es" ? spanish(labels.es) : english(labels.en);

/** The texts by the path of their key, with the key before which each stands. */
export const placesOf = (names: Names, { own, card, view, manage }: EntityTexts) => [
  { parent: [], key: names.texts, value: own, before: "permissionList" },
  { parent: ["menu"], key: names.plural.kebab, value: own.title, before: "audit" },
  { parent: ["home", "cards"], key: names.plural.kebab, value: card, before: "audit" },
  { parent: ["permissions"], key: names.view, value: view },
  { parent: ["permissions"], key: names.manage, value: manage },
  { parent: ["audit", "choices", "entity"], key: names.plural.kebab, value: own.title, before: "audit" },
];

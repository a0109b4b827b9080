import type { Answer, Client } from "./api";

/** Forms as the server sends them, for requests that post to a server action as a browser without scripts does. */

const ENTITIES: Record<string, string> = { "&quot;": '"', "&#x27;": "'", "&lt;": "<", "&gt;": ">", "&amp;": "&" };

const decoded = (text: string): string =>
  text.replace(/&(quot|#x27|lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);

const attribute = (tag: string, name: string): string | undefined => {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : decoded(value);
};

/** The hidden fields that lead to the action behind a form, and the state that the form is in. */
export type ActionFields = [name: string, value: string][];

/**
 * The action of the form on a page; the forms of the page's frame, which have no state, are passed over.
 * @throws Error where the page has no such form
 */
export function actionOn(html: string): ActionFields {
  const form = html.match(/<form[\s\S]*?<\/form>/g)?.find((each) => each.includes('name="$ACTION_REF_'));
  if (!form) throw new Error("The page has no form with an action.");
  return (form.match(/<input[^>]*>/g) ?? []).flatMap((tag): ActionFields => {
    const name = attribute(tag, "name") ?? "";
    return name.startsWith("$ACTION_") ? [[name, attribute(tag, "value") ?? ""]] : [];
  });
}

/**
 * The state in which the last run of the action has left the form.
 * @throws Error where the form tells none
 */
export function stateIn(action: ActionFields): Record<string, unknown> {
  const [, bound = "[]"] = action.find(([name]) => /^\$ACTION_\d+:1$/.test(name)) ?? [];
  const [state] = JSON.parse(bound) as Record<string, unknown>[];
  if (!state) throw new Error("The form has no state.");
  return state;
}

type Fields = readonly (readonly [name: string, value: string])[];

/** What a browser without scripts posts: the action, and the form's own fields. */
export function formData(action: ActionFields, fields: Fields): FormData {
  const data = new FormData();
  for (const [name, value] of [...action, ...fields]) data.append(name, value);
  return data;
}

/** What the page says in its alert; empty where it has none. */
export const alertIn = ({ text }: { text: string }): string =>
  decoded((/<[^>]*role="alert"[^>]*>([\s\S]*?)<\/div>/.exec(text)?.[1] ?? "").replace(/<[^>]+>/g, "")).trim();

/**
 * The form of a page, to be posted as a browser without scripts does.
 * @param headers sent with both requests
 */
export async function postedForm(client: Client, path: string, headers: Record<string, string> = {}) {
  const action = actionOn((await client("GET", path, { headers })).text);
  return (...fields: [string, string][]): Promise<Answer> =>
    client("POST", path, { body: formData(action, fields), headers });
}

/**
 * Readers for posted forms. A client can call an action with anything at all, so what is no form, and files where text is
 * due, read as empty.
 */

/** One text field; empty if it was not sent. */
export function text(form: unknown, name: string): string {
  const value = form instanceof FormData ? form.get(name) : null;
  return typeof value === "string" ? value : "";
}

/** Whether a checkbox was ticked: an unticked one sends nothing. */
export const isChecked = (form: unknown, name: string): boolean => form instanceof FormData && form.has(name);

/** All values of a field that may occur several times. */
export function texts(form: unknown, name: string): string[] {
  return form instanceof FormData ? form.getAll(name).filter((value) => typeof value === "string") : [];
}

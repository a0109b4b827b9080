import { safePath } from "@/lib/auth/redirects";
import { text } from "./form-data";

/** Names of what a form carries besides its fields. */
export const CARRIED: readonly string[] = ["id", "version", "from"];

/** What a form carries besides its fields. Clients can send anything: a bad version is stale, a bad way back is the list. */
export function carriedBy(form: unknown, listPath: string): { id: string; version: number; backHref: string } {
  const version = text(form, "version");
  return {
    id: text(form, "id"),
    version: /^\d{1,9}$/.test(version) ? Number(version) : 0,
    backHref: backTo(text(form, "from"), listPath),
  };
}

/** The list's own address, as it was left; anything else is the plain list. */
export function backTo(from: unknown, listPath: string): string {
  const path = safePath(from, listPath);
  return path === listPath || path.startsWith(`${listPath}?`) ? path : listPath;
}

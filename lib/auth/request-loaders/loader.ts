import type { Principal } from "@/lib/auth/principal";
import { cookieIn } from "@/lib/auth/request";
import { noteUser } from "@/lib/log/request";

/** What a request brings along that could tell whose it is. */
export type Credentials = {
  header: (name: string) => string | null;
  cookie: (name: string) => string | undefined;
};

/** One kind of proof by which a request is recognised. Each is a file in this folder and an entry in registry.ts. */
export type RequestLoader = {
  /** For people who read a log or a test. */
  name: string;
  /** Whether browsers send this by themselves, so that a request counts only if it comes from this site. */
  isAmbient: boolean;
  /**
   * Whether the request brings such a proof, good or bad. The first loader that says so decides alone: a bad token is never
   * made up for by a good cookie.
   */
  isMeant: (credentials: Credentials) => boolean;
  /** The active user whose request this is; null where the proof is not good. */
  load: (credentials: Credentials) => Promise<Principal | null>;
};

/** Whether what the request would be recognised by comes from the browser itself; so does nothing at all. */
export const isAmbient = (credentials: Credentials, loaders: readonly RequestLoader[]): boolean =>
  loaders.find(({ isMeant }) => isMeant(credentials))?.isAmbient ?? true;

/** Whose request this is, by the first loader that finds something of its kind. */
export async function identify(credentials: Credentials, loaders: readonly RequestLoader[]): Promise<Principal | null> {
  const loader = loaders.find(({ isMeant }) => isMeant(credentials));
  const principal = loader ? await loader.load(credentials) : null;
  if (principal) noteUser(principal.userId);
  return principal;
}

/** The credentials in the headers of a request. */
export const credentialsIn = (headers: Headers): Credentials => ({
  header: (name) => headers.get(name),
  cookie: (name) => cookieIn(headers, name),
});

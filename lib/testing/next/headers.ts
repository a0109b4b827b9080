import { currentScope } from "./request-scope";

/** Stands in for `next/headers` under Vitest, where no server hands requests out (vitest.config.ts). */

export const headers = async (): Promise<Headers> => currentScope().headers;

export async function cookies() {
  const { cookies: jar } = currentScope();
  const get = (name: string) => (jar.has(name) ? { name, value: jar.get(name) ?? "" } : undefined);
  return {
    get,
    has: (name: string) => jar.has(name),
    getAll: () => [...jar.keys()].flatMap((name) => get(name) ?? []),
    set(name: string, value: string, options: { maxAge?: number } = {}) {
      if (options.maxAge === 0) jar.delete(name);
      else jar.set(name, value);
    },
    delete: (name: string) => void jar.delete(name),
  };
}

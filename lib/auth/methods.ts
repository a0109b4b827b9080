import { config } from "@/lib/config/env";

/** Methods in capitals that a guard lets pass without asking who it is. */
export type ExcludedMethods = readonly string[];

/** Whether a guard lets requests of this method pass, by its own list or by HTTP_METHODS_EXCLUDED. */
export const isExcluded = (method: string, own: ExcludedMethods = []): boolean =>
  own.includes(method) || config().HTTP_METHODS_EXCLUDED.includes(method);

import { cookies, headers } from "next/headers";
import { cache } from "react";
import type { Principal } from "./principal";
import { identify, type RequestLoader } from "./request-loaders/loader";
import { pageLoaders } from "./request-loaders/registry";

/** Who makes this request, by these loaders, or null; asked of the database once per request. */
export const principalBy = cache(async (loaders: readonly RequestLoader[]): Promise<Principal | null> => {
  const [sent, jar] = await Promise.all([headers(), cookies()]);
  return identify({ header: (name) => sent.get(name), cookie: (name) => jar.get(name)?.value }, loaders);
});

/** Who makes this request, as pages know people. */
export const currentPrincipal = (): Promise<Principal | null> => principalBy(pageLoaders);

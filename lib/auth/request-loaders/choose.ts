import type { RequestLoader } from "./loader";
import { apiLoaders, pageLoaders } from "./registry";

export const isApi = (pathname: string): boolean => pathname.startsWith("/api/");

/** How a request for this path learns who asks. Handlers among the pages, such as downloads, are come to as pages are. */
export const loadersFor = (pathname: string): readonly RequestLoader[] => (isApi(pathname) ? apiLoaders : pageLoaders);

import { bearerLoader } from "./bearer";
import type { RequestLoader } from "./loader";
import { sessionLoader } from "./session";

/** How pages and their actions learn who asks: people come there with a browser. */
export const pageLoaders: readonly RequestLoader[] = [sessionLoader];

/** How the API learns who asks. The first that finds something of its kind decides, so that the session comes last. */
export const apiLoaders: readonly RequestLoader[] = [bearerLoader, sessionLoader];

export const isApi = (pathname: string): boolean => pathname.startsWith("/api/");

/** How a request for this path learns who asks. Handlers among the pages, such as downloads, are come to as pages are. */
export const loadersFor = (pathname: string): readonly RequestLoader[] => (isApi(pathname) ? apiLoaders : pageLoaders);

import { bearerLoader } from "./bearer";
import type { RequestLoader } from "./loader";
import { sessionLoader } from "./session";

/** How pages and their actions learn who asks: people come there with a browser. */
export const pageLoaders: readonly RequestLoader[] = [sessionLoader];

/** How the API learns who asks. The first that finds something of its kind decides, so that the session comes last. */
export const apiLoaders: readonly RequestLoader[] = [bearerLoader, sessionLoader];

import { hostCookieName } from "@/lib/cookie-name";

/** The language that was chosen in this browser. */
export const localeCookieName = () => hostCookieName("gatehouse-locale");

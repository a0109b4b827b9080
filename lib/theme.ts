import { hostCookieName } from "@/lib/cookie-name";

export const themes = ["system", "light", "dark"] as const;

export type Theme = (typeof themes)[number];

export const themeCookieName = () => hostCookieName("gatehouse-theme");

/** The theme in the browser's cookie; the system's own otherwise. */
export const themeOf = (cookie: string | undefined): Theme => themes.find((theme) => theme === cookie) ?? "system";

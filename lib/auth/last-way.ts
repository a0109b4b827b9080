import { cookies } from "next/headers";
import { config } from "@/lib/config/env";
import { hostCookieName } from "@/lib/cookie-name";

/** The way in that was used last in this browser, so that the login page can point to it. It says nothing of who used it. */
export const lastWayCookieName = () => hostCookieName("gatehouse-way");

const YEAR_SECONDS = 31_536_000;

/** For actions and handlers. */
export async function rememberWay(name: string): Promise<void> {
  (await cookies()).set(lastWayCookieName(), name, {
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    maxAge: YEAR_SECONDS,
    secure: config().isHttps,
  });
}

export const lastWay = async (): Promise<string | undefined> => (await cookies()).get(lastWayCookieName())?.value;

import { type Answer, clientOf } from "./api";

/** Signing in as a program does, by Auth.js' endpoint, and what becomes of it. */

export const WRONG_PASSWORD = "not the password";

export type SignIn = (loginId: string, password?: string, headers?: Record<string, string>) => Promise<Answer>;

/**
 * Signs in as a program does, by Auth.js' endpoint: with its token, but without a page.
 * @param origin where people know the app to be
 */
export async function signInBy(base: string, origin = base): Promise<SignIn> {
  const client = clientOf(base);
  const { headers: given, json } = await client("GET", "/api/auth/csrf");
  const cookie = given
    .getSetCookie()
    .map((each) => each.replace(/;.*/, ""))
    .join("; ");
  return (loginId, password = WRONG_PASSWORD, headers = {}) =>
    client("POST", "/api/auth/callback/password", {
      body: String(new URLSearchParams({ csrfToken: String(json.csrfToken), loginId, password })),
      headers: { cookie, origin, "content-type": "application/x-www-form-urlencoded", ...headers },
    });
}

export const isIn = ({ headers }: Answer) =>
  headers.getSetCookie().some((each) => /^gatehouse-session=[\w-]{43}/.test(each));
export const isInvalid = ({ headers }: Answer) =>
  /error=CredentialsSignin&code=invalid/.test(headers.get("location") ?? "");
export const isBlocked = ({ status, headers, json }: Answer) =>
  status === 429 &&
  headers.get("content-type") === "application/problem+json" &&
  /^\d+$/.test(headers.get("retry-after") ?? "") &&
  Number(headers.get("retry-after")) <= 3600 &&
  String(json.detail).startsWith("Too many failed login attempts.");

/** How many of the answers were of which kind. */
export const told = (answers: Answer[]) => ({
  in: answers.filter(isIn).length,
  invalid: answers.filter(isInvalid).length,
  blocked: answers.filter(isBlocked).length,
});

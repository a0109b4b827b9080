import { cookies } from "next/headers";
import { CredentialsSignin, type NextAuthConfig } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { config } from "@/lib/config/env";
import { faultOf } from "@/lib/db/client";
import { Blocked, Forbidden } from "@/lib/errors";
import { logOf } from "@/lib/log/log";
import { logLine } from "@/lib/log-line";
import type { Proof } from "./authenticators/authenticator";
import { credentialsAuthenticator } from "./authenticators/registry";
import { pathOfCallback } from "./callback-url";
import { anonymousContext, contextOf } from "./guards";
import { note } from "./journey";
import { askedAgainAt } from "./oidc/again";
import { verifiedClaims } from "./oidc/claims";
import { connectIdentity, signInByIdentity } from "./oidc/identities";
import { intendsToConnect } from "./oidc/intent";
import { findProfile } from "./oidc/profiles";
import { providerOf } from "./oidc/provider";
import { safePath } from "./redirects";
import { endSession, findPrincipal, sessionCookieName, startSession } from "./session";
import { type SignInOutcome, verifySignIn } from "./sign-in";

const log = logOf("auth");

/**
 * Auth.js runs the providers, its CSRF token and the cookies. The session itself is ours: `jwt.encode` and `jwt.decode`
 * are replaced by an opaque cookie and a row in `sessions`, so that every path inside Auth.js sees a session that was
 * ended (docs/decisions/0002). There is no adapter, so that Auth.js links nothing by itself. Nothing outside this folder
 * imports Auth.js.
 */

export type Refusal = Exclude<SignInOutcome, { ok: true }>["reason"];

export class SignInRefused extends CredentialsSignin {
  constructor(readonly reason: Refusal) {
    super();
    this.code = reason;
  }
}

/** Stays in this process: Auth.js hands it to the jwt callback below, and nowhere else. */
type Person = { id?: string; name?: string | null } & Omit<Proof, "createsAccount">;

export async function currentCookie(): Promise<string | undefined> {
  return (await cookies()).get(sessionCookieName())?.value;
}

/** Notes what goes wrong, which Auth.js would make an error of its own of. */
async function noted<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SignInRefused)) note({ error });
    throw error;
  }
}

function credentialsProvider(name: string) {
  return CredentialsProvider({
    id: name,
    credentials: { loginId: {}, password: { type: "password" } },
    async authorize(credentials): Promise<Person> {
      const outcome = await noted(async () => verifySignIn(await anonymousContext(), credentials));
      if (!outcome.ok) throw new SignInRefused(outcome.reason);
      const { loginId, ...user } = outcome.user;
      return { ...user, name: loginId };
    },
  });
}

/**
 * Judges an identity that a provider has told of.
 * @returns whether a session may begin, for the account that `person` then names
 */
async function judgeIdentity(
  provider: string,
  idToken: string | undefined,
  userInfo: Record<string, unknown>,
  person: Person,
): Promise<boolean> {
  const profile = findProfile(provider);
  if (!profile) return false;
  const claims = await verifiedClaims(profile, idToken, userInfo, await askedAgainAt(provider));
  const principal = await findPrincipal(await currentCookie());
  if (principal && (await intendsToConnect(provider, principal.sessionId))) {
    note({ connecting: true });
    const refusal = await connectIdentity(await contextOf(principal), profile, claims);
    if (refusal) note({ refusal });
    return false;
  }
  const outcome = await signInByIdentity(await anonymousContext(), profile, claims);
  if (!outcome.ok) {
    note({ refusal: outcome.reason });
    return false;
  }
  const { loginId, ...user } = outcome.user;
  Object.assign(person, user, { name: loginId });
  return true;
}

/** Starts the session of somebody who has proved who they are; the cookie is the session. */
async function begin({ id = "", name, ...proof }: Person, provider: string): Promise<string> {
  const person = { id, loginId: name ?? "", ...proof };
  try {
    const raw = await startSession(await anonymousContext(), person, provider, await currentCookie());
    note({ signedIn: true });
    return raw;
  } catch (error) {
    // What was right a moment ago is not any more.
    throw error instanceof Forbidden ? new SignInRefused("invalid") : error;
  }
}

const isBlocked = ({ cause }: Error) => (cause as { err?: unknown } | undefined)?.err instanceof Blocked;

function logError(error: Error): void {
  if (error instanceof CredentialsSignin || isBlocked(error)) return;
  const { type = "error", cause } = error as Error & { type?: string; cause?: { err?: Error; provider?: string } };
  // A refusal, which was told and noted where it was decided.
  if (type === "AccessDenied" && !cause?.err) return;
  // Class names are minified in production. What providers send ends up on one line.
  log.error(type, { provider: cause?.provider, fault: logLine(faultOf(cause?.err ?? error)) });
}

/** Built per request, so that importing this file needs no environment. */
export function authConfig(): NextAuthConfig {
  const { AUTH_SECRET, isHttps, OIDC_PROFILES, SESSION_MAX_HOURS } = config();
  const form = credentialsAuthenticator();
  return {
    secret: AUTH_SECRET,
    trustHost: true,
    basePath: "/api/auth",
    pages: { signIn: "/login", signOut: "/logout", error: "/login" },
    session: { strategy: "jwt", maxAge: SESSION_MAX_HOURS * 3600 },
    cookies: {
      sessionToken: {
        name: sessionCookieName(),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure: isHttps },
      },
    },
    providers: [...(form ? [credentialsProvider(form.name)] : []), ...OIDC_PROFILES.map(providerOf)],
    jwt: {
      async encode({ token }) {
        if (typeof token?.raw !== "string") throw new Error("A session cookie without a session row.");
        return token.raw;
      },
      async decode({ token }) {
        const principal = await findPrincipal(token);
        // An empty token, not null: null makes Auth.js log an error at each request with an old cookie.
        return principal ? { sub: principal.userId, name: principal.loginId, raw: token } : {};
      },
    },
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.type !== "oidc") return true;
        return noted(() => judgeIdentity(account.provider, account.id_token, { ...profile }, user));
      },
      async jwt({ token, user, account }) {
        if (!user?.id || !account) return token.raw ? token : null;
        return { sub: user.id, raw: await noted(() => begin(user, account.provider)) };
      },
      // What /api/auth/session tells: no more than the page shows.
      session: ({ session, token }) =>
        ({ expires: session.expires, user: { id: token.sub, name: token.name } }) as never,
      // The rule for every way back, whatever a cookie says.
      redirect: ({ url, baseUrl }) => baseUrl + safePath(url, pathOfCallback(url, "/")),
    },
    events: {
      async signOut(message) {
        const raw = "token" in message ? message.token?.raw : undefined;
        if (typeof raw === "string") await endSession(await anonymousContext(), raw);
      },
    },
    // Its debug messages quote tokens.
    logger: { error: logError, warn: (type) => log.warn(type), debug: () => {} },
  };
}

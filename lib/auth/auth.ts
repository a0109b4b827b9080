import { AsyncLocalStorage } from "node:async_hooks";
import { cookies } from "next/headers";
import NextAuth, { AuthError, CredentialsSignin, type NextAuthConfig } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { config } from "@/lib/config/env";
import { faultOf } from "@/lib/db/client";
import { Blocked, Forbidden } from "@/lib/errors";
import { countRefusedForm } from "./attempts/forms";
import { primaryAuthenticator } from "./authenticators/registry";
import { anonymousContext } from "./guards";
import { problemOf } from "./handler";
import { endSession, findPrincipal, sessionCookieName, startSession } from "./session";
import { type SignInOutcome, verifySignIn } from "./sign-in";

/**
 * Auth.js runs the providers, its CSRF token and the cookies. The session itself is ours: `jwt.encode` and `jwt.decode`
 * are replaced by an opaque cookie and a row in `sessions`, so that every path inside Auth.js sees a session that was
 * ended (docs/decisions/0002). Nothing outside this folder imports Auth.js.
 */

type Refusal = Exclude<SignInOutcome, { ok: true }>["reason"];

class SignInRefused extends CredentialsSignin {
  constructor(readonly reason: Refusal) {
    super();
    this.code = reason;
  }
}

/** Carries what went wrong in a sign-in out of Auth.js, which would make a redirect to an error page of it. */
const failed = new AsyncLocalStorage<{ error?: unknown }>();

async function authorized(credentials: unknown) {
  try {
    return await verifySignIn(await anonymousContext(), credentials);
  } catch (error) {
    const box = failed.getStore();
    if (box) box.error = error;
    throw error;
  }
}

const isBlocked = ({ cause }: Error) => (cause as { err?: unknown } | undefined)?.err instanceof Blocked;

async function currentCookie(): Promise<string | undefined> {
  return (await cookies()).get(sessionCookieName())?.value;
}

/** Built per request, so that importing this file needs no environment. */
function authConfig(): NextAuthConfig {
  const { AUTH_SECRET, isHttps, SESSION_MAX_HOURS } = config();
  return {
    secret: AUTH_SECRET,
    trustHost: true,
    pages: { signIn: "/login", signOut: "/logout", error: "/login" },
    session: { strategy: "jwt", maxAge: SESSION_MAX_HOURS * 3600 },
    cookies: {
      sessionToken: {
        name: sessionCookieName(),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure: isHttps },
      },
    },
    providers: [
      CredentialsProvider({
        id: primaryAuthenticator().name,
        credentials: { loginId: {}, password: { type: "password" } },
        async authorize(credentials) {
          const outcome = await authorized(credentials);
          if (!outcome.ok) throw new SignInRefused(outcome.reason);
          const { id, loginId, passwordHash } = outcome.user;
          // Stays in this process: Auth.js hands it to the jwt callback below, and nowhere else.
          return { id, name: loginId, passwordHash };
        },
      }),
    ],
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
      async jwt({ token, user, account }) {
        if (!user?.id || !account) return token.raw ? token : null;
        const { passwordHash } = user as { passwordHash?: string };
        const person = { id: user.id, loginId: user.name ?? "", passwordHash };
        try {
          const raw = await startSession(await anonymousContext(), person, account.provider, await currentCookie());
          return { sub: user.id, raw };
        } catch (error) {
          throw error instanceof Forbidden ? new SignInRefused("invalid") : error;
        }
      },
      // What /api/auth/session tells: no more than the page shows.
      session: ({ session, token }) =>
        ({ expires: session.expires, user: { id: token.sub, name: token.name } }) as never,
    },
    events: {
      async signOut(message) {
        const raw = "token" in message ? message.token?.raw : undefined;
        if (typeof raw === "string") await endSession(await anonymousContext(), raw);
      },
    },
    logger: {
      // Class names are minified in production; wrong passwords are no errors.
      error(error) {
        if (error instanceof CredentialsSignin || isBlocked(error)) return;
        const { type, cause } = error as Error & { type?: string; cause?: { err?: Error } };
        console.error("[auth]", type ?? "error", faultOf(cause?.err ?? error));
      },
    },
  };
}

const auth = NextAuth(() => authConfig());

/**
 * `/api/auth/*`. Programs that sign in here are told by the status what their requests met: 429 with Retry-After after too
 * many failures, 503 where the answer cannot be had.
 */
export const handlers: typeof auth.handlers = {
  GET: auth.handlers.GET,
  async POST(request) {
    const box: { error?: unknown } = {};
    const response = await failed.run(box, () => auth.handlers.POST(request));
    if (box.error !== undefined) return problemOf(box.error);
    // Auth.js has refused a sign-in whose form did not come from here, before asking anybody.
    if (/[?&]error=MissingCSRF\b/.test(response.headers.get("location") ?? "")) {
      await countRefusedForm(request.headers, "login");
    }
    return response;
  },
};

/**
 * Signs in with login id and password, and sets the session cookie on success.
 * @throws the fault itself when the answer cannot be had
 */
export async function signInWithCredentials(credentials: {
  loginId: string;
  password: string;
}): Promise<"signed-in" | Refusal> {
  try {
    await auth.signIn(primaryAuthenticator().name, { ...credentials, redirect: false });
    return "signed-in";
  } catch (error) {
    const inner = error instanceof AuthError ? (error.cause?.err ?? error) : error;
    if (inner instanceof SignInRefused) return inner.reason;
    throw inner;
  }
}

/**
 * Ends the session of this request and drops its cookie.
 * @throws when the database cannot be asked: a session that goes on must not look ended
 */
export async function signOutHere(): Promise<void> {
  const cookie = await currentCookie();
  // By ourselves: Auth.js swallows what goes wrong in its signOut event.
  if (cookie) await endSession(await anonymousContext(), cookie);
  await auth.signOut({ redirect: false });
}

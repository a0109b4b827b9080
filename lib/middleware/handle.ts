import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { isAllowed } from "@/lib/auth/allowed";
import { attemptTypeOf, countRefusedForm, limiterAnswers } from "@/lib/auth/attempts/forms";
import { dropForeignCallback } from "@/lib/auth/callback-url";
import { isExcluded } from "@/lib/auth/methods";
import { isLoginTarget, loginPath } from "@/lib/auth/redirects";
import { HEADER } from "@/lib/auth/request";
import { isApi, loadersFor } from "@/lib/auth/request-loaders/choose";
import { credentialsIn, identify, isAmbient } from "@/lib/auth/request-loaders/loader";
import { isSameOrigin } from "@/lib/auth/same-origin";
import { faultOf, isUnavailable } from "@/lib/db/client";
import { droppedFlash, encodeFlash, flashCookieName, flashCookieOptions } from "@/lib/flash";
import { logOf } from "@/lib/log/log";
import { problem } from "@/lib/problem";
import { type Route, routeFor } from "@/lib/routes";
import { plainPage } from "./plain-page";
import { contentSecurityPolicy, setSecurityHeaders } from "./security-headers";

const log = logOf("middleware");

/** Bodies above this many bytes are refused unread; Next.js would cut them off silently at 10 MB. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

type Verdict = "pass" | "anonymous" | "forbidden" | "crossSite" | "notAForm" | "tooLarge" | "unavailable";

/** Path in the form in which routes are matched: what Next.js decodes, the check decodes too. */
function decodedPath(request: NextRequest): string {
  try {
    return decodeURIComponent(request.nextUrl.pathname);
  } catch {
    return request.nextUrl.pathname;
  }
}

/** Pages beside which a handler takes the posts of plain forms: the page's path with a word more. */
const HANDLED = [/^\/logout$/, /^\/login\/[^/]+$/];

/**
 * A page takes posts only by its actions: called by a script, or as the multipart form that browsers send without. Next.js
 * would answer any other post with the bare page, as if it had been done.
 */
const isDeafPost = ({ method, headers }: NextRequest, pathname: string) =>
  method === "POST" &&
  !isApi(pathname) &&
  !HANDLED.some((path) => path.test(pathname)) &&
  !headers.has("next-action") &&
  !/^multipart\/form-data/i.test(headers.get("content-type") ?? "");

/**
 * An attempt by a form without scripts. Its action could only answer 200 and a message; the status is what tells everybody
 * that nothing was decided.
 */
const isPlainAttempt = ({ method, headers }: NextRequest, pathname: string) =>
  method === "POST" && !headers.has("next-action") && !isApi(pathname) && attemptTypeOf(pathname) !== undefined;

/** What no browser sends by itself needs no look at where it comes from; nor does what the guard will look at. */
function mayComeFromAnywhere({ headers }: NextRequest, pathname: string, { allow, leftToGuard }: Route): boolean {
  if (!isApi(pathname) || allow === "public") return false;
  return leftToGuard === true || !isAmbient(credentialsIn(headers), loadersFor(pathname));
}

async function judge(request: NextRequest, pathname: string): Promise<Verdict> {
  const route = routeFor(pathname);
  if (!mayComeFromAnywhere(request, pathname, route) && !isSameOrigin(request)) return "crossSite";
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) return "tooLarge";
  if (isDeafPost(request, pathname)) return "notAForm";
  if (isPlainAttempt(request, pathname) && !(await limiterAnswers())) return "unavailable";
  const { allow, readsSession, leftToGuard } = route;
  if (leftToGuard || isExcluded(request.method) || (allow === "public" && !readsSession)) return "pass";
  try {
    const principal = await identify(credentialsIn(request.headers), loadersFor(pathname));
    if (allow === "public") return "pass";
    if (!principal) return "anonymous";
    return isAllowed(principal, allow) ? "pass" : "forbidden";
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    log.error("database out of reach", { fault: faultOf(error) });
    return "unavailable";
  }
}

/** Verdicts on forms that nobody has looked into. */
const UNREAD: ReadonlySet<Verdict> = new Set(["crossSite", "notAForm", "tooLarge"]);

const API_ANSWER: Record<Exclude<Verdict, "pass">, [status: number, title: string]> = {
  anonymous: [401, "Unauthorized"],
  forbidden: [403, "Forbidden"],
  crossSite: [403, "Cross-site request refused"],
  notAForm: [400, "Bad request"],
  tooLarge: [413, "Content too large"],
  unavailable: [503, "Service unavailable"],
};

function toLogin(request: NextRequest, location: string): Response {
  // Next.js sends a Location on its own origin as a mere path, so that no Host header can lead the visitor elsewhere.
  const response = NextResponse.redirect(new URL(loginPath(location), request.url), 303);
  // A prefetch is nobody's visit: its message would replace the one that the next page is to show.
  if (request.headers.get(HEADER.router) !== "prefetch") {
    response.cookies.set(
      flashCookieName(),
      encodeFlash({ kind: "status", key: "loginRequired" }),
      flashCookieOptions(),
    );
  }
  response.headers.set("cache-control", "no-store");
  return response;
}

/** A post that is no server action (the language switch on these pages posts to the same address). */
const isPlainPost = ({ method, headers }: NextRequest) =>
  method === "POST" && !headers.has("next-action") && !/^multipart\//i.test(headers.get("content-type") ?? "");

/** Where /login leads on to, a profile's page is passed over. Prefetches lead nowhere: they are nobody's visit. */
const isForwarded = ({ method, headers }: NextRequest, pathname: string) =>
  method === "GET" && headers.get(HEADER.router) !== "prefetch" && isLoginTarget(pathname);

/** The handler beside a page that takes this request instead of it. */
function handlerFor(request: NextRequest, pathname: string): string | undefined {
  const isHandled = HANDLED.some((path) => path.test(pathname));
  if (!isHandled || !(isPlainPost(request) || isForwarded(request, pathname))) return undefined;
  return `${pathname}/${pathname === "/logout" ? "submit" : "start"}`;
}

async function answer(verdict: Verdict, request: NextRequest, pathname: string, forwarded: Headers, nonce: string) {
  if (verdict === "pass") {
    const onward = { request: { headers: forwarded } };
    const handler = handlerFor(request, pathname);
    if (!handler) return NextResponse.next(onward);
    const url = new URL(request.url);
    url.pathname = handler;
    return NextResponse.rewrite(url, onward);
  }
  if (isApi(pathname)) {
    const [status, title] = API_ANSWER[verdict];
    return problem(status, title);
  }
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (verdict === "anonymous")
    return toLogin(request, isRead ? request.nextUrl.pathname + request.nextUrl.search : "/");
  // A page that does nothing but answer 403, so that the refusal has the app's look. The client router needs no look: on a
  // refused fetch it loads the whole page.
  if (verdict === "forbidden" && isRead && !request.headers.get(HEADER.router)) {
    return NextResponse.rewrite(new URL("/refused", request.url), { request: { headers: forwarded } });
  }
  return plainPage(verdict, API_ANSWER[verdict][0], request.headers, nonce);
}

/** Whether the answer is a whole page for a person to see, so that a waiting message counts as shown. */
const isPageLoad = (request: NextRequest) =>
  request.method === "GET" && request.headers.get("sec-fetch-dest") === "document";

/** Nonce and headers for every request, and the route table applied before anything renders. */
export async function handleRequest(request: NextRequest): Promise<Response> {
  const pathname = decodedPath(request);
  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const forwarded = new Headers(request.headers);
  forwarded.set(HEADER.location, request.nextUrl.pathname + request.nextUrl.search);
  dropForeignCallback(forwarded);
  // Next.js reads the nonce for its own scripts from the policy.
  forwarded.set("content-security-policy", policy);

  const verdict = await judge(request, pathname);
  const attempt = request.method === "POST" && UNREAD.has(verdict) ? attemptTypeOf(pathname) : undefined;
  if (attempt) await countRefusedForm(request.headers, attempt);
  const response = await answer(verdict, request, pathname, forwarded, nonce);
  setSecurityHeaders(response.headers, policy);
  if (isPageLoad(request) && verdict === "pass" && request.cookies.has(flashCookieName())) {
    // As a bare header: through `cookies` the page of this very request would already find the message gone.
    response.headers.append("set-cookie", droppedFlash());
  }
  return response;
}

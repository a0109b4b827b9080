/** What ffuf asks for: paths that servers and builds often have, and headers by which something in front tells what it has done. */

const listed = (text: string): string[] => text.trim().split(/\s+/);

const NAMES = listed(`
  admin api app backup config console dashboard debug dev docs dump env graphql health healthz internal login
  logs manage metrics private proxy server-status setup static status swagger test trace upload users vendor
  version .env .env.local .git .git/config .git/HEAD .next .next/BUILD_ID .data package.json package-lock.json
  next.config.ts middleware.js robots.txt sitemap.xml favicon.ico _next _next/data _next/image _next/static
  dev/mailbox refused login/start login/x/start logout/submit api/auth/session api/auth/signin api/auth/error
  api/health/live api/health/ready api/openapi.json api/me api/token api/users drizzle messages/en.json
  lib/config/env.ts server.js tsconfig.json node_modules public
`);

const ENDS = ["", "/", ".json", ".bak", ".js.map", "~", "%00", "%2e%2e"];

export const PATHS = NAMES.flatMap((name) => ENDS.map((end) => name + end));

const PREFIXES = listed("x-forwarded- x-original- x-rewrite- x-middleware- x-invoke- x-nextjs- x-matched- x-now-");
const SUFFIXES = listed("for host proto port uri url path prefix user subrequest rewrite next data");

export const HEADERS = [
  ...PREFIXES.flatMap((prefix) => SUFFIXES.map((suffix) => prefix + suffix)),
  ...listed(`
  x-user x-user-id x-remote-user remote-user x-auth x-auth-user x-admin x-role x-internal authorization
  proxy-authorization x-api-key x-access-token x-gatehouse-location x-gatehouse-method x-gatehouse-router
  x-gatehouse-socket next-action next-router-prefetch next-router-state-tree rsc x-real-ip client-ip
  true-client-ip cf-connecting-ip x-cluster-client-ip via forwarded from
`),
];

export const VALUES = [
  "1",
  "/login",
  "127.0.0.1",
  "root@example.com",
  "middleware:middleware:middleware:middleware:middleware",
];

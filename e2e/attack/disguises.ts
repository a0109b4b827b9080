/** Other ways to ask for a path, each of which has led past some framework's guard once. */

export type Disguise = { path: (path: string) => string; headers: Record<string, string> };

const SUBREQUEST = "x-middleware-subrequest";

const five = (word: string) => Array(5).fill(word).join(":");

const byHeaders: Record<string, Record<string, string>> = {
  plain: {},
  // CVE-2025-29927
  "subrequest of middleware": { [SUBREQUEST]: "middleware" },
  "subrequest of src/middleware": { [SUBREQUEST]: "src/middleware" },
  "subrequest of pages/_middleware": { [SUBREQUEST]: "pages/_middleware" },
  "subrequest five times": { [SUBREQUEST]: five("middleware") },
  "subrequest of src five times": { [SUBREQUEST]: five("src/middleware") },
  "subrequest with an id": { [SUBREQUEST]: five("middleware"), "x-middleware-subrequest-id": "1" },
  "middleware, next": { "x-middleware-next": "1", "x-middleware-set-cookie": "a=b" },
  "middleware, rewrite": { "x-middleware-rewrite": "/", "x-middleware-request-x-gatehouse-location": "/" },
  "middleware, prefetch": { "x-middleware-prefetch": "1", purpose: "prefetch" },
  "middleware, override": { "x-middleware-override-headers": "cookie", "x-middleware-request-cookie": "a=b" },
  invoked: { "x-invoke-path": "/login", "x-invoke-status": "200", "x-invoke-output": "/login" },
  matched: { "x-matched-path": "/login", "x-now-route-matches": "1=login" },
  data: { "x-nextjs-data": "1" },
  "another path": { "x-original-url": "/login", "x-rewrite-url": "/login", "x-forwarded-uri": "/login" },
  "another prefix": { "x-forwarded-prefix": "/login", "x-forwarded-path": "/login" },
  "our own headers": {
    "x-gatehouse-location": "/login",
    "x-gatehouse-method": "HEAD",
    "x-gatehouse-router": "prefetch",
    "x-gatehouse-socket": "127.0.0.1",
  },
  "another method": { "x-http-method-override": "OPTIONS", "x-http-method": "HEAD", "x-method-override": "OPTIONS" },
  "from here": { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", forwarded: "for=127.0.0.1;host=localhost" },
  "a proxy's word": { "x-forwarded-user": "root@example.com", "x-remote-user": "root@example.com", "x-user-id": "1" },
  RSC: { rsc: "1" },
  prefetch: { rsc: "1", "next-router-prefetch": "1" },
  "whole prefetch": { rsc: "1", "next-router-prefetch": "2" },
  tree: { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" },
  segment: { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/admin/users/__PAGE__" },
  refetch: { rsc: "1", "next-router-state-tree": encodeURIComponent('["",{"children":["login",{}]},null,"refetch"]') },
  "from another page": { rsc: "1", "next-url": "/login" },
  "an empty bearer": { authorization: "" },
  "another bearer": { authorization: "Bearer null" },
};

const first = (path: string, change: (segment: string) => string) =>
  path.replace(/^\/([^/?]+)/, (_, segment: string) => `/${change(segment)}`);

const encodedFirst = (segment: string) => `%${segment.charCodeAt(0).toString(16)}${segment.slice(1)}`;

/** Adds to the path, before the query. */
const ending = (text: string) => (path: string) => path.replace(/(\?|$)/, `${text}$1`);

const byPath: Record<string, (path: string) => string> = {
  "slash behind": ending("/"),
  "slash before": (path) => `/${path}`,
  "slashes within": (path) => path.replace(/(.)\//g, "$1//"),
  "dot within": (path) => path.replace(/(.)\//, "$1/./"),
  "by another": (path) => `/login/..${path}`,
  "by another, encoded": (path) => `/login/%2e%2e${path}`,
  "by build output": (path) => `/_next/static/..${path}`,
  "by build output, encoded": (path) => `/_next/static/%2e%2e/%2e%2e${path}`,
  "by an image": (path) => `/_next/image?url=${encodeURIComponent(path)}&w=64&q=75`,
  "encoded letter": (path) => first(path, encodedFirst),
  "encoded twice": (path) => first(path, (segment) => encodedFirst(segment).replace("%", "%25")),
  "encoded slash": (path) => path.replace(/(.)\//, "$1%2f"),
  capitals: (path) => first(path, (segment) => segment.toUpperCase()),
  backslash: (path) => path.replace(/(.)\//, "$1\\"),
  parameter: (path) => first(path, (segment) => `${segment};x=1`),
  NUL: ending("%00"),
  blank: ending("%20"),
  ".rsc": ending(".rsc"),
  ".json": ending(".json"),
  ".txt": ending(".txt"),
  segments: ending(".segments/_tree.segment.rsc"),
  "a language before": (path) => `/en${path}`,
  data: (path) => `/_next/data/build${path}.json`,
  _rsc: (path) => `${path}${path.includes("?") ? "&" : "?"}_rsc=abc`,
  "a query of Next.js": (path) => `${path}${path.includes("?") ? "&" : "?"}__nextDataReq=1&nxtPentity=login`,
};

/** Every disguise by its name. */
export const disguises: readonly (readonly [name: string, disguise: Disguise])[] = [
  ...Object.entries(byHeaders).map(([name, headers]) => [name, { headers, path: (path: string) => path }] as const),
  ...Object.entries(byPath).map(([name, path]) => [name, { headers: {}, path }] as const),
];

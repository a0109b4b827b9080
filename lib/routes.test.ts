import { describe, expect, it } from "vitest";
import { routeFor, routes } from "./routes";

describe("routeFor", () => {
  it.each([
    ["/", "/"],
    ["/login", "/login"],
    ["/login/", "/login"],
    ["/admin/users", "/admin/users"],
    ["/admin/users/", "/admin/users"],
    ["/admin/users//", "/admin/users"],
    ["/admin/users/add", "/admin/users/add"],
    ["/admin/users/018f/edit", "/admin/users/[id]/edit"],
    ["/admin/users/018f/edit/", "/admin/users/[id]/edit"],
    ["/api/auth/session", "/api/auth/[...nextauth]"],
    ["/api/auth/callback/corp", "/api/auth/[...nextauth]"],
  ])("%s is %s", (pathname, route) => {
    expect(routes).toHaveProperty([route]);
    expect(routeFor(pathname)).toBe(routes[route]);
  });

  it.each([
    "/no-such-page",
    "/admin",
    "/admin/users/a/b/edit",
    "/admin/users//edit",
    "/admin/usersx",
    "/x/admin/users",
    "/ADMIN/users/x",
    "/api/auth",
    "/api/auth/",
    "/api/health/livex",
    "/apixhealth/live",
    "/loginx",
    "//",
    "/login/../admin",
    "",
  ])("%j, which is not listed, needs a signed-in user", (pathname) => {
    expect(routeFor(pathname)).toEqual({ allow: "signed-in" });
  });

  it("knows every fixed path as itself", () => {
    for (const [path, route] of Object.entries(routes)) {
      if (!path.includes("[")) expect(routeFor(path)).toBe(route);
    }
  });
});

import { expect, it } from "vitest";
import { isAllowed } from "./allowed";
import { hasAny } from "./conditions";
import type { Principal } from "./principal";

const person = (loginId: string, permissions: string[] = [], isSuperuser = false): Principal => ({
  userId: "018f0000-0000-7000-8000-000000000001",
  loginId,
  isSuperuser,
  permissions: new Set(permissions),
  locale: null,
  sessionId: null,
});

it("asks what the place asks", () => {
  expect(isAllowed(person("ann"), "signed-in")).toBe(true);
  expect(isAllowed(person("ann"), "auth-manage")).toBe(false);
  expect(isAllowed(person("ann", ["auth-manage"]), hasAny("auth-manage"))).toBe(true);
});

it("asks beside it what is asked at every place, of superusers too where it is a function", () => {
  const isAnn = ({ loginId }: Principal) => loginId === "ann";
  expect(isAllowed(person("ann"), "signed-in", isAnn)).toBe(true);
  expect(isAllowed(person("bob"), "signed-in", isAnn)).toBe(false);
  expect(isAllowed(person("bob", ["auth-manage"], true), "auth-manage", isAnn)).toBe(false);
  expect(isAllowed(person("ann"), "auth-manage", isAnn)).toBe(false);
  expect(isAllowed(person("bob"), "signed-in", "auth-manage")).toBe(false);
});

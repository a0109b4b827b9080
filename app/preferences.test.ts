import { expect, it } from "vitest";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { formOf, submit } from "@/lib/testing/requests";
import { setPreference } from "./preferences";

setUpTestDatabase();

/** The names of the cookies after choosing Spanish and dark at this address. */
async function cookiesAt(AUTH_URL: string): Promise<string[]> {
  const cookies = new Map<string, string>();
  await withEnvironment({ AUTH_URL }, async () => {
    const form = formOf({ locale: "es", theme: "dark" });
    await submit(setPreference, [form], { cookies, headers: { "next-action": "x" } });
  });
  return [...cookies].map((pair) => pair.join("="));
}

it("a preference is bound to the host over https", async () => {
  expect(await cookiesAt("https://gate.example.com")).toEqual([
    "__Host-gatehouse-theme=dark",
    "__Host-gatehouse-locale=es",
  ]);
  expect(await cookiesAt("http://localhost:3000")).toEqual(["gatehouse-theme=dark", "gatehouse-locale=es"]);
});

import { spawnSync } from "node:child_process";
import { verifySignIn } from "@/lib/auth/sign-in";
import { env, expect, test } from "./fixtures";
import { people } from "./support/people";
import { productionEnv } from "./support/server";

/** Runs `npm run auth -- …` as an operator would, against the database of the servers. */
function auth(args: string[], { input = "", ...variables }: Record<string, string> = {}) {
  const result = spawnSync(process.execPath, ["--import", "tsx", "lib/cli/main.ts", ...args], {
    input,
    encoding: "utf8",
    env: productionEnv({ DATABASE_URL: env("E2E_DATABASE_URL"), AUTH_URL: "http://localhost:3000", ...variables }),
  });
  return { code: result.status, out: result.stdout.trim(), err: result.stderr.trim() };
}

test("create-user, set-password and a sign-in with it", async ({ ctx, unique }) => {
  const loginId = `${unique("Clio")}@example.com`;
  expect(auth(["create-user", loginId])).toMatchObject({ code: 0, out: expect.stringContaining("User created.") });
  const again = auth(["create-user", loginId.toUpperCase()]);
  expect(again).toMatchObject({ code: 1, out: "", err: expect.stringContaining("already in use") });

  expect(auth(["set-password", loginId, "--password-stdin"], { input: "short\n" })).toMatchObject({
    code: 1,
    err: expect.stringMatching(/does not meet the following restrictions:\n {2}- Use at least 12 characters/),
  });
  const set = auth(["set-password", loginId, "--password-stdin"], { input: "a horse, a kingdom\n" });
  expect(set).toMatchObject({ code: 0, out: expect.stringContaining("Password set.") });
  expect(ctx.actor.kind).toBe("cli");
  expect(await verifySignIn({ loginId, password: "a horse, a kingdom" })).toMatchObject({ ok: true });
});

test("list-users as a table and as JSON", () => {
  expect(auth(["list-users"]).out).toMatch(new RegExp(`^LOGIN[\\s\\S]*${people.root}\\s+yes`));
  const users = JSON.parse(auth(["list-users", "--json"]).out) as { loginId: string; isSuperuser: boolean }[];
  expect(users.find(({ loginId }) => loginId === people.root)).toMatchObject({ isSuperuser: true });
  expect(users.length).toBeGreaterThan(60);
});

test("what goes wrong ends with 1 and a sentence on stderr", () => {
  const cases: [string[], Record<string, string>, string][] = [
    [["set-password", "nobody@example.com"], {}, "There is no such user."],
    [["create-user", "not an address"], {}, "Enter one email address"],
    [["create-user"], {}, "missing required argument"],
    [["no-such-command"], {}, "unknown command"],
    [["list-users"], { DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing" }, "The database cannot be reached"],
    [["list-users"], { AUTH_SECRET: "short" }, "AUTH_SECRET is too weak"],
  ];
  for (const [args, variables, message] of cases) {
    const { code, out, err } = auth(args, variables);
    expect({ code, out }, args.join(" ")).toEqual({ code: 1, out: "" });
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n\s+at /);
  }
});

test("permissions are in line, and the terminal's language is spoken", () => {
  expect(auth(["sync-permissions", "--dry-run"])).toMatchObject({ code: 0, out: "Permissions are up to date." });
  expect(auth(["sync-permissions"], { LANG: "es_ES.UTF-8" }).out).toBe("Los permisos están al día.");
  expect(auth(["--help"], { LC_ALL: "es" }).out).toContain("Añade un usuario.");
});

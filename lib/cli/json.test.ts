import { Command } from "commander";
import { expect, it } from "vitest";
import { database } from "@/lib/db/client";
import { attempts } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { uniqueName } from "@/lib/testing/factories";
import { findUserByLoginId } from "@/lib/users/service";
import type { CliCommand } from "./command";
import createUser from "./commands/create-user";
import doctor from "./commands/doctor";
import purgeAttempts from "./commands/purge-attempts";
import syncPermissions from "./commands/sync-permissions";
import { cliTexts } from "./texts";

/** What commands answer to scripts. */

setUpTestDatabase();

async function run(command: CliCommand, ...args: string[]) {
  const lines: string[] = [];
  const program = new Command();
  command(program, {
    texts: await cliTexts(),
    context: async () => testContext(),
    print: (line) => lines.push(line),
  });
  const name = program.commands[0]?.name() ?? "";
  const failure = await program.parseAsync([name, ...args], { from: "user" }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { failure, lines, answer: () => (lines.length === 1 ? JSON.parse(lines[0] ?? "") : lines) };
}

const newLogin = (domain = "example.com") => `${uniqueName("ann")}@${domain}`;

it("create-user tells the id, the login, the mail and the link", async () => {
  const loginId = newLogin();
  const { answer } = await run(createUser, loginId, "--no-mail", "--json");
  const user = await findUserByLoginId(testContext(), loginId);
  const verificationUrl = expect.stringContaining(`/verify-account/${user?.id}/`);
  expect(answer()).toEqual({ id: user?.id, loginId, mail: "none", verificationUrl });
});

it("create-user prints no link that would open nothing", async () => {
  const client = { issuer: "https://id.example.com", clientId: "c", clientSecret: "s" };
  const profiles = JSON.stringify([{ name: "corp", domainFilter: "corp.example", client }]);
  await withEnvironment({ OIDC_PROFILES: profiles }, async () => {
    const { lines } = await run(createUser, newLogin("CORP.example"));
    expect(lines).toEqual(["User created.", expect.stringContaining("there is no verification URL")]);
    expect((await run(createUser, newLogin("corp.example"), "--json")).answer()).toMatchObject({
      ...{ mail: "none", verificationUrl: null },
    });
  });
});

it("create-user refuses further arguments that nothing takes, and adds nobody", async () => {
  await withEnvironment({ CLI_USER_ARGS: "shoeSize,loginId" }, async () => {
    const before = await database().$count(users);
    const { failure, lines } = await run(createUser, "42", newLogin(), "--no-mail");
    expect(failure).toMatchObject({ fields: { shoeSize: { key: "argumentUnhandled" } } });
    expect(lines).toEqual([]);
    expect(await database().$count(users)).toBe(before);
  });
});

it("purge-attempts tells how many", async () => {
  await database()
    .insert(attempts)
    .values([{ type: "login" }, { type: "login" }]);
  expect((await run(purgeAttempts, "--all", "--json")).answer()).toEqual({ deleted: 2 });
});

it("sync-permissions tells what it did", async () => {
  expect((await run(syncPermissions, "--dry-run", "--json")).answer()).toEqual({
    ...{ added: [], updated: [], removed: [], dryRun: true },
  });
});

it("doctor tells each finding, and fails all the same", async () => {
  const { failure, answer } = await run(doctor, "--json");
  const { wrong, findings } = answer();
  expect(findings).toContainEqual({ state: "ok", key: "migrated", message: "The database is up to date." });
  expect(wrong).toBe(findings.filter(({ state }: { state: string }) => state === "wrong").length);
  expect(failure === undefined).toBe(wrong === 0);
});

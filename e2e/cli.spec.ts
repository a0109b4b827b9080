import { spawnSync } from "node:child_process";
import { eq } from "drizzle-orm";
import { verifySignIn } from "@/lib/auth/sign-in";
import { connect } from "@/lib/db/client";
import { mailOutbox } from "@/lib/db/schema/events";
import { times } from "@/lib/testing/attempts";
import { findUserByLoginId } from "@/lib/users/service";
import { env, expect, test } from "./fixtures";
import { type Isolated, startIsolated } from "./support/isolated";
import { linkIn, type Postbox, smtpPostbox } from "./support/mail";
import { people } from "./support/people";
import { start } from "./support/process";
import { productionEnv } from "./support/server";

const commandLine = (args: string[]) => ["--import", "tsx", "lib/cli/main.ts", ...args];

/** Runs `npm run auth -- …` as an operator would, against the database of the servers. */
function auth(args: string[], { input = "", ...variables }: Record<string, string> = {}) {
  const result = spawnSync(process.execPath, commandLine(args), {
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
  expect(await verifySignIn(ctx, { loginId, password: "a horse, a kingdom" })).toMatchObject({ ok: true });
});

test("list-users as a table and as JSON", () => {
  expect(auth(["list-users"]).out).toMatch(new RegExp(`^LOGIN[\\s\\S]*${people.root}\\s+yes`));
  const users = JSON.parse(auth(["list-users", "--json"]).out) as { loginId: string; isSuperuser: boolean }[];
  expect(users.find(({ loginId }) => loginId === people.root)).toMatchObject({ isSuperuser: true });
  expect(users.length).toBeGreaterThan(60);
});

test("doctor ends with 0 where all is well, and with 1 and the number of things to mend", () => {
  const SMTP_URL = "smtp://localhost:25";
  const well = auth(["doctor"], { SMTP_URL, MAIL_FROM: "no-reply@example.com" });
  expect(well).toMatchObject({ code: 0, err: "", out: expect.stringContaining("✓ The database is up to date.") });
  const unwell = auth(["doctor"], { DATABASE_URL: "postgres://localhost:1/nowhere", LANG: "es_ES.UTF-8" });
  expect(unwell).toMatchObject({ code: 1, err: "Hay 2 cosas que arreglar." });
  expect(unwell.out).toContain("✗ No se puede acceder a la base de datos");
  expect(unwell.out).toContain("✗ El correo está activado, pero no tiene por dónde salir.");
});

test("purge-attempts forgets what matches, and lifts the lock", async ({ ctx, unique }) => {
  const loginId = `${unique("purged")}@example.com`;
  await times(16, { loginId });
  const purge = (...args: string[]) => auth(["purge-attempts", "--username", loginId.toUpperCase(), ...args]);
  expect(purge("--older-than", "1")).toMatchObject({ code: 0, out: "Deleted 0 attempts." });
  expect(purge("--attempt-type", "reset")).toMatchObject({ code: 0, out: "Deleted 0 attempts." });
  expect(await times(1, { loginId })).toEqual(["blocked"]);
  expect(purge("--older-than", "0", "--attempt-type", "login")).toMatchObject({ code: 0, out: "Deleted 17 attempts." });
  expect(await times(1, { loginId, isRight: true })).toEqual(["succeeded"]);
  expect(ctx.actor.kind).toBe("cli");
});

test("purge-attempts --all forgets everything, and says so in the terminal's language", async () => {
  // Of its own: the others need their attempts.
  const name = `e2e_purge_${process.pid}`;
  const admin = await connect(env("E2E_ADMIN_DATABASE_URL"));
  await admin.query(`create database ${name}`);
  try {
    const DATABASE_URL = env("E2E_ADMIN_DATABASE_URL").replace(/gatehouse$/, name);
    expect(auth(["migrate"], { DATABASE_URL })).toMatchObject({ code: 0 });
    const client = await connect(DATABASE_URL);
    await client.query("insert into attempts (type) values ('login'), ('forgot'), ('reset')");
    await client.end();
    expect(auth(["purge-attempts"], { DATABASE_URL, input: "y\n" })).toMatchObject({ code: 1, out: "" });
    const spanish = { DATABASE_URL, LANG: "es_ES.UTF-8" };
    expect(auth(["purge-attempts"], spanish)).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("No se ha borrado nada."),
    });
    const all = ["purge-attempts", "--all"];
    expect(auth(all, spanish)).toEqual({ code: 0, out: "Se han borrado 3 intentos.", err: "" });
    expect(auth(all, { DATABASE_URL })).toEqual({ code: 0, out: "Deleted 0 attempts.", err: "" });
  } finally {
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  }
});

test("what goes wrong ends with 1, what was typed wrong with 2, and both with a sentence on stderr", () => {
  const purge = (...args: string[]) => ["purge-attempts", ...args];
  const cases: [code: number, string[], Record<string, string>, string][] = [
    [1, ["set-password", "nobody@example.com"], {}, "There is no such user."],
    [1, ["create-user", "not an address"], {}, "Enter one email address"],
    [2, ["create-user"], {}, "missing required argument"],
    [2, ["no-such-command"], {}, "unknown command"],
    [1, ["list-users"], { DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing" }, "The database cannot be reached"],
    [1, ["list-users"], { AUTH_SECRET: "short" }, "AUTH_SECRET is too weak"],
    [1, purge(), {}, "Nothing was deleted. Say which attempts"],
    [2, purge("--all", "--username", "x"), {}, "--all means all attempts"],
    [2, purge("--attempt-type", "logins"), {}, "Allowed choices are login, forgot, reset"],
    ...["-1", "1.5", "abc", ""].map((days): [number, string[], Record<string, string>, string] => [
      2,
      purge(`--older-than=${days}`),
      {},
      "It must be a whole number of days",
    ]),
  ];
  for (const [expected, args, variables, message] of cases) {
    const { code, out, err } = auth(args, variables);
    expect({ code, out }, args.join(" ")).toEqual({ code: expected, out: "" });
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n\s+at /);
  }
});

test("permissions are in line, and the terminal's language is spoken", () => {
  expect(auth(["sync-permissions", "--dry-run"])).toMatchObject({ code: 0, out: "Permissions are up to date." });
  expect(auth(["sync-permissions"], { LANG: "es_ES.UTF-8" }).out).toBe("Los permisos están al día.");
  expect(auth(["--help"], { LC_ALL: "es" }).out).toContain("Añade un usuario.");
});

test("a password is refused with everything that speaks against it, and nobody is added", async ({ ctx }) => {
  const refused = auth(["create-user", "dragon@example.com", "--password-stdin"], { input: "dragon\n" });
  expect({ ...refused, err: refused.err.split("\n") }).toEqual({
    code: 1,
    out: "",
    err: [
      "Password does not meet the following restrictions:",
      "  - Use at least 12 characters.",
      "  - This password is too common: it is among the first that attackers try. Choose another one.",
      "  - Do not use “dragon” in the password.",
    ],
  });
  expect(await findUserByLoginId(ctx, "dragon@example.com")).toBeUndefined();
  const set = auth(["set-password", people.plain, "--password-stdin"], { input: "passwordpassword in the gatehouse" });
  expect(set.err).toContain("  - Do not use “Gatehouse” in the password.");
  expect(set.err).not.toMatch(/too common|at least/);
});

test.describe("create-user with a mail server", () => {
  test.describe.configure({ mode: "serial" });
  let app: Isolated;
  let postbox: Postbox;

  /** Lets the mail server of this process answer meanwhile, and has the settings of the web server. */
  async function createUser(args: string[], settings: Record<string, string>) {
    const [DATABASE_URL, AUTH_URL, AUTH_SECRET] = ["DATABASE_URL", "AUTH_URL", "AUTH_SECRET"].map(env);
    const variables = productionEnv({ DATABASE_URL, AUTH_URL, AUTH_SECRET, ...settings });
    const run = start(process.execPath, commandLine(["create-user", ...args]), { env: variables });
    return { code: await run.exited, lines: run.output().trim().split("\n") };
  }

  const urlIn = (line = "") => line.replace(/^Verification URL: /, "");

  async function outboxOf(loginId: string) {
    const user = await findUserByLoginId(app.ctx(), loginId);
    return app
      .ctx()
      .db.select()
      .from(mailOutbox)
      .where(eq(mailOutbox.userId, user?.id ?? ""));
  }

  test.beforeAll(async () => {
    postbox = await smtpPostbox();
    // The web server has none to send by, so that only the command line can be who sends.
    app = await startIsolated("cli");
  });

  test.afterAll(async () => {
    await app?.end();
    await postbox?.end();
  });

  test("mails a link and prints another; one of them sets the password, and then both are void", async ({ page }) => {
    const loginId = "Clio@example.com";
    const { code, lines } = await createUser([loginId], postbox.settings);
    expect(code).toBe(0);
    expect(lines).toEqual([
      "User created.",
      "Email sent with verification URL.",
      expect.stringMatching(/^Verification URL: /),
    ]);
    const mail = await postbox.next(loginId);
    expect(mail).toMatchObject({ to: [loginId], subject: "[Gatehouse] User Welcome & Verification" });
    expect(await outboxOf(loginId)).toMatchObject([{ kind: "verify-account", sentAt: expect.any(Date), tries: 1 }]);

    const [mailed, printed] = [linkIn(mail), urlIn(lines[2])];
    const address = new RegExp(`^${app.url}/verify-account/[0-9a-f-]{36}/[^/]+$`);
    expect(mailed).toMatch(address);
    expect(printed).toMatch(address);
    await page.goto(mailed);
    await expect(page).toHaveURL(`${app.url}/verify-account`);
    await page.goto(printed);
    await page.getByLabel("New password", { exact: true }).fill("a horse, a kingdom");
    await page.getByLabel("Confirm password", { exact: true }).fill("a horse, a kingdom");
    await page.getByRole("button", { name: "Verify & Set Password" }).click();
    await expect(page.getByText("Account verified & password set.")).toBeVisible();
    for (const link of [mailed, printed]) {
      await page.goto(link);
      await expect(page.getByText("Authentication token was invalid or expired.")).toBeVisible();
    }
  });

  test("--no-mail, and a password that is given, send nothing", async () => {
    const { code, lines } = await createUser(["quiet@example.com", "--no-mail"], postbox.settings);
    expect({ code, lines }).toEqual({
      code: 0,
      lines: ["User created.", expect.stringMatching(/^Verification URL: /)],
    });
    expect(await outboxOf("quiet@example.com")).toEqual([]);

    const known = app.auth(["create-user", "known@example.com", "--password-stdin"], "a horse, a kingdom\n");
    expect(known.out.split("\n")).toEqual(["User created.", expect.stringMatching(/^Verification URL: /)]);
    expect(await outboxOf("known@example.com")).toEqual([]);
    expect(postbox.unread()).toEqual([]);
  });

  test("a mail server that is away keeps nobody from being added", async () => {
    await postbox.end();
    const { code, lines } = await createUser(["patient@example.com"], postbox.settings);
    expect(code).toBe(0);
    expect(lines).toEqual([
      "User created.",
      "The email could not be sent now; it waits in the outbox and is tried again by the running app.",
      expect.stringMatching(/^Verification URL: /),
    ]);
    expect((await fetch(urlIn(lines[2]), { redirect: "manual" })).headers.get("location")).toBe("/verify-account");
    const waiting = await outboxOf("patient@example.com");
    expect(waiting).toMatchObject([{ kind: "verify-account", sentAt: null, failedAt: null, tries: 1 }]);
    expect(waiting[0]?.lastError).toMatch(/ECONNREFUSED/);
  });
});

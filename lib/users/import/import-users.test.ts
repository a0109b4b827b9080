import { count, eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { verifySignIn } from "@/lib/auth/sign-in";
import { inTransaction } from "@/lib/context";
import { database } from "@/lib/db/client";
import { mailOutbox } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import {
  createTestBundle,
  createTestGroup,
  createTestUser,
  declareTestPermissions,
  uniqueName,
} from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { auditOf, everythingStored, storedUser } from "@/lib/testing/records";
import { findUserByLoginId, getUser } from "@/lib/users/service";
import { type ImportOptions, importUsers, type Refusal } from "./import-users";

setUpTestDatabase();

const BCRYPT = "$2b$04$DpSX.oeMqD35OeAhrMkyJeBaHEJaAbwhFWRB4x2jDjN.IJUnfUpYe";
const BCRYPT_PASSWORD = "p\u00e4ssw\u00f6rd of old";

/** Names of their own for one test. */
let own: (name: string) => string;
beforeEach(() => {
  const suffix = uniqueName("x");
  own = (name) => `${name}.${suffix}@example.com`;
});

async function run(lines: string[], options: ImportOptions = {}, ctx = testContext()) {
  const refusals: Refusal[] = [];
  const file = (async function* () {
    yield Buffer.from(lines.join("\n"));
  })();
  const summary = await importUsers(ctx, file, { ...options, onRefused: (refusal) => refusals.push(refusal) });
  return { ...summary, refusals };
}

async function imported(loginId: string) {
  const user = await findUserByLoginId(testContext(), loginId);
  if (!user) throw new Error(`${loginId} was not created.`);
  return storedUser(user.id);
}

const isThere = async (loginId: string) => (await findUserByLoginId(testContext(), loginId)) !== undefined;

describe("a file of users", () => {
  it("creates each as the form would, with an audit row, and mails nobody", async () => {
    const before = await database().$count(mailOutbox);
    const outcome = await run([
      "loginId,isEnabled,isVerified,disabledAt,locale",
      ` ${own("Ann").toUpperCase()} ,true,true,,es`,
      `${own("bob")},no,f,2031-05-06,`,
      `"${own("eve")}",,,2031-05-06T07:08:09Z,en`,
    ]);
    expect(outcome).toEqual({ created: 3, alreadyThere: 0, refused: 0, refusals: [] });
    const ann = await imported(own("ann"));
    expect(ann).toMatchObject({
      loginId: own("Ann").toUpperCase(),
      ...{ isEnabled: true, isVerified: true, isSuperuser: false, locale: "es", passwordHash: null, version: 1 },
    });
    expect(await imported(own("bob"))).toMatchObject({
      ...{ isEnabled: false, isVerified: false, locale: null, disabledAt: new Date("2031-05-06T00:00:00Z") },
    });
    expect(await imported(own("eve"))).toMatchObject({
      ...{ isEnabled: true, isVerified: false, disabledAt: new Date("2031-05-06T07:08:09Z") },
    });
    expect(await auditOf(ann.id)).toEqual([
      expect.objectContaining({
        ...{ actorKind: "cli", action: "create", entity: "users", entityLabel: ann.loginId },
        changes: expect.objectContaining({ loginId: { from: null, to: ann.loginId } }),
      }),
    ]);
    expect(await database().$count(mailOutbox)).toBe(before);
  });

  it("lets people in by the password of before, or by one that it gives", async () => {
    await run([
      "loginId;passwordHash;password",
      `${own("ann")};${BCRYPT};`,
      `${own("bob")};;"'=a sentence with; signs"`,
    ]);
    const signIn = (loginId: string, password: string) => verifySignIn(testContext(), { loginId, password });
    expect(await signIn(own("ann"), BCRYPT_PASSWORD)).toMatchObject({ ok: true });
    expect(await signIn(own("bob"), "'=a sentence with; signs")).toMatchObject({ ok: true });
    expect((await imported(own("ann"))).passwordHash).toBe(BCRYPT);
  });

  it("leaves an account unverified that it says so of", async () => {
    await run(["loginId,passwordHash,isVerified", `${own("ann")},${BCRYPT},0`]);
    expect(await imported(own("ann"))).toMatchObject({ isVerified: false, passwordHash: BCRYPT });
  });

  it("gives rights where that is allowed, by name", async () => {
    await declareTestPermissions(["reports-read", "reports-write"]);
    const group = await createTestGroup({ name: `St|aff \\ ${own("")}` });
    const bundle = await createTestBundle({ name: `=Bundle ${own("")}` });
    const header = "loginId,isSuperuser,groups,bundles,permissions";
    const cells = `${own("ann")},t,st\\|aff \\\\ ${own("")}|,'=BUNDLE ${own("")},reports-read|reports-write`;
    expect(await run([header, cells], { allowPrivileges: true })).toMatchObject({ created: 1 });
    const { id } = await imported(own("ann"));
    expect(await getUser(testContext(), id)).toMatchObject({
      isSuperuser: true,
      groupIds: [group],
      bundleIds: [bundle],
    });
    expect((await getUser(testContext(), id)).permissionIds).toHaveLength(2);
    const [audit] = await auditOf(id);
    expect(audit?.changes).toMatchObject({ permissionIds: { from: null, to: ["reports-read", "reports-write"] } });
  });

  it("leaves those who are there as they are", async () => {
    const user = await createTestUser({ loginId: own("ann") });
    const before = await storedUser(user.id);
    const lines = ["loginId,isEnabled", `${own("ANN")},false`, `${own("bob")},false`];
    expect(await run(lines)).toMatchObject({ created: 1, alreadyThere: 1, refused: 0 });
    expect(await storedUser(user.id)).toEqual(before);
    expect(await run(lines)).toMatchObject({ created: 0, alreadyThere: 2, refused: 0 });
  });

  it("is only tried on a dry run, with the same report", async () => {
    await createTestUser({ loginId: own("ann") });
    const before = await everythingStored();
    const lines = ["loginId,locale", `${own("ann")},`, `${own("bob")},`, `${own("eve")},xx`, `${own("bob")},`];
    const tried = await run(lines, { dryRun: true });
    expect(tried).toMatchObject({ created: 1, alreadyThere: 1, refused: 2 });
    expect(await everythingStored()).toEqual(before);
    expect(await run(lines)).toEqual(tried);
  });
});

describe("a line that is wrong", () => {
  it.each<[what: string, header: string, cells: string, problems: Record<string, object>]>([
    ["no address", "locale", "", { loginId: { key: "notAnEmail" } }],
    ["a boolean", "isEnabled", "perhaps", { isEnabled: { key: "notABoolean" } }],
    ["a date", "disabledAt", "31.12.2031", { disabledAt: { key: "notADate" } }],
    ["a day", "disabledAt", "2031-02-30", { disabledAt: { key: "notADate" } }],
    ["a language", "locale", "xx", { locale: { key: "unknownLocale" } }],
    ["a hash", "passwordHash", "5f4dcc3b5aa765d61d8327deb882cf99", { passwordHash: { key: "hashUnknown" } }],
    ["the cost of a hash", "passwordHash", BCRYPT.replace("04", "31"), { passwordHash: { key: "hashUnknown" } }],
    ["a short password", "password", "short", { password: { key: "passwordTooShort", params: { min: 12 } } }],
    ["a common password", "password", "123456789012", { password: { key: "passwordCommon" } }],
    ["both", "password,passwordHash", `a long walk in the rain,${BCRYPT}`, { passwordHash: { key: "passwordTwice" } }],
    ["a group", "groups", "Nobody|Nothing", { groups: { key: "unknownNames", params: { names: "Nobody, Nothing" } } }],
    ["a permission", "permissions", "No-Such", { permissions: { key: "unknownNames", params: { names: "No-Such" } } }],
    ["its length", "locale", "en,true", { line: { key: "wrongCellCount", params: { found: 3, wanted: 2 } } }],
    [
      "several things",
      "locale,isEnabled",
      "xx,?",
      { locale: { key: "unknownLocale" }, isEnabled: { key: "notABoolean" } },
    ],
  ])("keeps none of the others out: %s", async (what, header, cells, problems) => {
    const columns = header.split(",").length;
    const good = (name: string) => `${own(name)}${",".repeat(columns)}`;
    const bad = what === "no address" ? "nobody" : own("bad");
    const lines = [`loginId,${header}`, good("first"), "", `${bad},${cells}`, good("last")];
    expect(await run(lines, { allowPrivileges: true })).toEqual({
      ...{ created: 2, alreadyThere: 0, refused: 1 },
      refusals: [{ line: 4, loginId: bad, problems }],
    });
    expect([await isThere(own("first")), await isThere(bad), await isThere(own("last"))]).toEqual([true, false, true]);
  });

  it("repeats a login id, also when the first of the two is there already", async () => {
    const lines = ["loginId", own("ann"), own("bob"), own("ANN")];
    const refusals = [
      { line: 4, loginId: own("ANN"), problems: { loginId: { key: "loginIdRepeated", params: { line: "2" } } } },
    ];
    expect(await run(lines)).toEqual({ created: 2, alreadyThere: 0, refused: 1, refusals });
    expect(await run(lines)).toEqual({ created: 0, alreadyThere: 2, refused: 1, refusals });
  });

  it("has a password where none is kept", async () => {
    const client = { issuer: "https://id.example.com", clientId: "c", clientSecret: "s" };
    const profile = { name: "corp", domainFilter: "corp.example", client };
    await withEnvironment({ OIDC_PROFILES: JSON.stringify([profile]) }, async () => {
      const [one, two, three] = ["one", "two", "three"].map((name) => own(name).replace("example.com", "corp.example"));
      const lines = [
        "loginId,passwordHash,password",
        `${one},${BCRYPT},`,
        `${two},,a long walk in the rain`,
        `${three},,`,
      ];
      expect((await run(lines)).refusals).toMatchObject([
        { line: 2, problems: { passwordHash: { key: "reservedDomain" } } },
        { line: 3, problems: { password: { key: "reservedDomain" } } },
      ]);
      expect(await isThere(three ?? "")).toBe(true);
    });
  });

  it("has another kind of login id than the app", async () => {
    await withEnvironment({ LOGIN_ID: "username" }, async () => {
      const name = uniqueName("ann");
      expect(await run(["loginId", name, `${name} lee`])).toMatchObject({
        created: 1,
        refusals: [{ problems: { loginId: { key: "notAUserName" } } }],
      });
    });
  });

  it("ends the file where it cannot be read on, after all before it", async () => {
    const lines = ["loginId", own("ann"), `"${own("bob")}`, own("eve")];
    expect(await run(lines)).toMatchObject({
      ...{ created: 1, refused: 1 },
      refusals: [{ line: 3, problems: { file: { key: "quoteNotClosed" } } }],
    });
  });
});

describe("a header", () => {
  it.each<[string, object]>([
    ["loginId,shoeSize", { fields: { header: { key: "unknownColumns", params: { columns: '"shoeSize"' } } } }],
    ["loginId,locale,locale", { fields: { header: { key: "columnTwice" } } }],
    ["locale", { fields: { header: { key: "columnMissing" } } }],
    ["loginId,groups,isSuperuser", { code: "forbidden", problem: { params: { columns: "groups, isSuperuser" } } }],
  ])("%j is refused before anybody is created", async (header, refusal) => {
    const columns = header.split(",").length;
    const before = await database().$count(users);
    const failure = await failureOf(run([header, [own("ann"), ...Array(columns - 1).fill("")].join(",")]));
    expect(failure).toMatchObject(refusal);
    expect(await database().$count(users)).toBe(before);
  });
});

it("an empty file has no header either", async () => {
  expect(await failureOf(run([]))).toMatchObject({ fields: { header: { key: "columnMissing" } } });
});

describe("at the same time", () => {
  it("two imports of the same users create each once", async () => {
    const all = Array.from({ length: 700 }, (_, index) => own(`user${index}`));
    const [one, other] = await Promise.all([run(["loginId", ...all]), run(["loginId", ...[...all].reverse()])]);
    expect([one.refusals, other.refusals]).toEqual([[], []]);
    expect(one.created + other.created).toBe(700);
    expect(one.alreadyThere + other.alreadyThere).toBe(700);
    const { id } = await imported(own("user7"));
    expect(await auditOf(id)).toHaveLength(1);
  });

  it("somebody who creates one of them keeps none of the others out", async () => {
    const all = ["eve", "ann", "bob"].map((name) => own(name));
    let running: ReturnType<typeof run> | undefined;
    await inTransaction(testContext(), async (tx) => {
      await tx.db.insert(users).values({ loginId: own("bob"), loginIdCanonical: own("bob") });
      running = run(["loginId", ...all]);
      // The import has looked before this is committed, and finds it when it writes.
      await expect
        .poll(async () => {
          const waiting =
            "select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
          return (await database().execute<{ count: number }>(waiting)).rows[0]?.count;
        })
        .toBe(1);
      // It goes by the alphabet, so that it does not hold what others come to after what it waits for.
      await tx.db.insert(users).values({ loginId: own("eve"), loginIdCanonical: own("eve") });
    });
    expect(await running).toMatchObject({ created: 1, alreadyThere: 2, refused: 0 });
    const [row] = await database()
      .select({ rows: count() })
      .from(users)
      .where(eq(users.loginIdCanonical, own("bob")));
    expect(row?.rows).toBe(1);
  });
});

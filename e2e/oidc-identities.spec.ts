import { and, asc, eq } from "drizzle-orm";
import { accounts, sessions } from "@/lib/db/schema/auth";
import { auditEvents } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { createGroup } from "@/lib/groups/service";
import { getUser } from "@/lib/users/service";
import { syncedGroupsOf } from "@/lib/users/synced-groups";
import { expect, test } from "./fixtures";
import { alertIn } from "./support/forms";
import { type Isolated, startIsolated } from "./support/isolated";
import { type IdentityProvider, type Person, profileOn, startIdentityProvider } from "./support/oidc/provider";
import { signInBy, visitor } from "./support/oidc/visitor";
import { addPerson } from "./support/people";
import { freePort } from "./support/process";

/** Whose account an identity at a provider is, and who may come in by which. */

const CORP = "corp.example.com";
const INTERNATIONAL = "bücher.example";

let site: Isolated;
const providers = {} as Record<"corp" | "open" | "joining" | "staff", IdentityProvider>;
type ProviderName = keyof typeof providers;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  const ports = Object.fromEntries(
    await Promise.all(["corp", "open", "joining", "staff"].map(async (name) => [name, await freePort()] as const)),
  ) as Record<ProviderName, number>;
  const profiles = [
    profileOn(ports.corp, "corp", { label: "Corp", domainFilter: [` @${CORP.toUpperCase()}. `, INTERNATIONAL] }),
    profileOn(ports.open, "open", { label: "Open" }),
    profileOn(ports.joining, "joining", { label: "Joining", autoCreate: true }),
    profileOn(ports.staff, "staff", {
      label: "Staff",
      domainFilter: "staff.example.com",
      idField: "upn",
      autoCreate: true,
      groupsClaim: "groups",
      groupMap: { "id-of-editors": ["Editors"], "id-of-readers": ["Readers", "Nobody here"] },
    }),
  ];
  site = await startIsolated("identities", { OIDC_PROFILES: JSON.stringify(profiles), SMTP_URL: "smtp://127.0.0.1:1" });
  for (const name of Object.keys(ports) as ProviderName[]) {
    const redirectUris = [`${site.url}/api/auth/callback/${name}`];
    providers[name] = await startIdentityProvider({ port: ports[name], name, redirectUris });
  }
});

test.afterAll(async () => {
  await Promise.all(Object.values(providers).map((provider) => provider.stop()));
  await site?.end();
});

let people = 0;
const newName = (domain = "example.org") => {
  people += 1;
  return `person-${people}@${domain}`;
};

/** Signs in at a provider, which says `claims` of the subject. @returns whose session it is, or what the page says */
async function enter(provider: ProviderName, subject: string, claims: Person = {}): Promise<string> {
  providers[provider].people.set(subject, claims);
  const who = visitor();
  const reply = await signInBy(who, site.url, provider, subject, "/api/me");
  if (new URL(reply.url).pathname !== "/api/me") return alertIn(reply);
  return (JSON.parse(reply.text) as { user: { loginId: string } }).user.loginId;
}

const userOf = async (loginId: string) =>
  (await site.ctx().db.select().from(users).where(eq(users.loginIdCanonical, loginId)))[0];

const identitiesOf = (subject: string) => site.ctx().db.select().from(accounts).where(eq(accounts.subject, subject));

const auditOf = async (entityId: string) =>
  (
    await site
      .ctx()
      .db.select({ action: auditEvents.action, changes: auditEvents.changes })
      .from(auditEvents)
      .where(and(eq(auditEvents.entity, "users"), eq(auditEvents.entityId, entityId)))
      .orderBy(asc(auditEvents.id))
  ).map(({ action, changes }) => [action, changes] as const);

const NO_EMAIL = /^Open gave no verified email address for you/;
const NOT_ALLOWED = /^Your address may not be used to log in here with/;
const NO_ACCOUNT = /^Open knows you, but you have no account here yet\./;

test.describe("the first time", () => {
  test("an identity is connected with the account that has its verified address, whatever the spelling", async () => {
    const loginId = newName();
    const id = await addPerson(site.ctx(), loginId);
    expect(await enter("open", "spelt", { email: ` ${loginId.toUpperCase()}` })).toBe(loginId);
    expect(await identitiesOf("spelt")).toMatchObject([
      { issuer: providers.open.issuer, provider: "open", userId: id },
    ]);
    expect(await auditOf(id)).toContainEqual([
      "connect",
      { provider: { from: null, to: "open" }, subject: { from: null, to: "spelt" } },
    ]);
  });

  for (const [what, claims] of [
    ["not verified", { email_verified: false }],
    ["said to be verified in a text that is not true", { email_verified: "false" }],
    ["of which nobody says whether it is verified", { email_verified: undefined }],
    ["missing", { email: undefined }],
    ["a list", { email: ["a@example.org"] }],
    ["two addresses", { email: "a@example.org,b@example.org" }],
    ["no address", { email: "person" }],
  ] as const) {
    test(`an address that is ${what} leads nowhere`, async () => {
      const loginId = newName();
      await addPerson(site.ctx(), loginId);
      expect(await enter("open", `bad ${what}`, { email: loginId, ...claims })).toMatch(NO_EMAIL);
      expect(await identitiesOf(`bad ${what}`)).toEqual([]);
    });
  }

  test("an address that is verified by the text true is good", async () => {
    const loginId = newName();
    await addPerson(site.ctx(), loginId);
    expect(await enter("open", loginId, { email_verified: "true" })).toBe(loginId);
  });

  test("nobody is made an account, unless the profile says so", async () => {
    const loginId = newName();
    const before = site.server.output().length;
    expect(await enter("open", loginId)).toMatch(NO_ACCOUNT);
    const lines = site.server.output().slice(before).split("\n");
    const refused = lines.flatMap((line) => (line.includes("sign-in refused") ? [JSON.parse(line)] : []));
    expect(refused).toMatchObject([{ level: "warn", area: "oidc", provider: "open", reason: "noAccount" }]);
    expect(JSON.stringify(refused)).not.toContain(loginId);
    expect(await userOf(loginId)).toBeUndefined();
    expect(await enter("joining", loginId)).toBe(loginId);
    expect(await userOf(loginId)).toMatchObject({ isVerified: true, passwordHash: null, isSuperuser: false });
    expect(await enter("joining", "unverified", { email: newName(), email_verified: false })).toMatch(
      /^Joining gave no/,
    );
  });

  test("twenty at once of one identity make one account and one connection", async () => {
    const loginId = newName();
    const entered = await Promise.all(Array.from({ length: 20 }, () => enter("joining", loginId)));
    expect(new Set(entered)).toEqual(new Set([loginId]));
    expect(await identitiesOf(loginId)).toHaveLength(1);
    const id = (await userOf(loginId))?.id ?? "";
    const actions = (await auditOf(id)).map(([action]) => action);
    expect(actions.filter((action) => action === "create")).toHaveLength(1);
    expect(actions.filter((action) => action === "connect")).toHaveLength(1);
  });
});

test.describe("from then on", () => {
  test("an identity stays with its account, also when its address is another one", async () => {
    const loginId = newName();
    await addPerson(site.ctx(), loginId);
    const other = newName();
    await addPerson(site.ctx(), other);
    expect(await enter("open", "moves", { email: loginId })).toBe(loginId);
    expect(await enter("open", "moves", { email: other })).toBe(loginId);
    expect(await enter("open", "moves", { email: undefined })).toBe(loginId);
  });

  test("the same subject at two providers is two people", async () => {
    const [first, second] = [newName(), newName()];
    await addPerson(site.ctx(), first);
    expect(await enter("open", "same", { email: first })).toBe(first);
    expect(await enter("joining", "same", { email: second })).toBe(second);
    expect(await identitiesOf("same")).toHaveLength(2);
  });

  test("an account that somebody has renamed is still theirs", async () => {
    const loginId = newName();
    const id = await addPerson(site.ctx(), loginId);
    expect(await enter("open", "renamed", { email: loginId })).toBe(loginId);
    const renamed = newName();
    await site.ctx().db.update(users).set({ loginId: renamed, loginIdCanonical: renamed }).where(eq(users.id, id));
    expect(await enter("open", "renamed", { email: loginId })).toBe(renamed);
  });
});

test.describe("a domain that a profile claims", () => {
  for (const email of [
    `Zed@${CORP}`,
    `zed2@${CORP.toUpperCase()}`,
    `ZED3@ｃｏｒｐ.example.com`,
    "zed4＠corp.example.com",
  ]) {
    test(`is that of ${email}`, async () => {
      const loginId = email.normalize("NFKC").toLowerCase();
      await addPerson(site.ctx(), loginId);
      expect(await enter("corp", `at corp ${email}`, { email })).toBe(loginId);
    });
  }

  for (const [email, loginId] of [
    ["ann@bücher.example", "ann@xn--bcher-kva.example"],
    ["bob@XN--BCHER-KVA.example", "bob@bücher.example"],
  ] as const) {
    test(`is that of ${email}, whose account is ${loginId}`, async () => {
      await addPerson(site.ctx(), loginId);
      expect(await enter("corp", `at corp ${email}`, { email })).toBe(loginId);
    });
  }

  for (const domain of [`sub.${CORP}`, `not${CORP}`, `${CORP}.example.org`, "example.com", `${CORP}.`]) {
    test(`is not ${domain}`, async () => {
      const loginId = newName("example.org");
      await addPerson(site.ctx(), loginId);
      const told = await enter("corp", `elsewhere ${domain}`, { email: `ann@${domain}` });
      expect(told).toMatch(domain.endsWith(".") ? /^Corp gave no verified email/ : NOT_ALLOWED);
    });
  }

  test("is nobody's who has no verified address, also of those who are connected", async () => {
    const loginId = newName(CORP);
    await addPerson(site.ctx(), loginId);
    expect(await enter("corp", "leaver", { email: loginId })).toBe(loginId);
    expect(await enter("corp", "leaver", { email: newName("example.org") })).toMatch(NOT_ALLOWED);
    expect(await enter("corp", "leaver", { email: loginId, email_verified: false })).toMatch(/^Corp gave no verified/);
    expect(await enter("corp", "leaver", { email: undefined })).toMatch(/^Corp gave no verified/);
    expect(await enter("corp", "leaver", { email: loginId })).toBe(loginId);
  });

  test("is open to no other profile: neither at first, nor connected, nor with a new account", async () => {
    const loginId = newName(CORP);
    const id = await addPerson(site.ctx(), loginId);
    expect(await enter("open", "intruder", { email: loginId })).toMatch(NOT_ALLOWED);
    expect(await enter("joining", "joiner", { email: newName(CORP) })).toMatch(NOT_ALLOWED);
    const identity = { issuer: providers.open.issuer, subject: "connected before", userId: id, provider: "open" };
    await site.ctx().db.insert(accounts).values(identity);
    expect(await enter("open", "connected before", { email: newName() })).toMatch(NOT_ALLOWED);
    expect(await site.ctx().db.select().from(sessions).where(eq(sessions.userId, id))).toEqual([]);
  });

  test("makes its people verified, and other profiles do not", async () => {
    const [inside, outside] = [newName(CORP), newName()];
    for (const loginId of [inside, outside]) {
      await addPerson(site.ctx(), loginId);
      await site.ctx().db.update(users).set({ isVerified: false }).where(eq(users.loginIdCanonical, loginId));
    }
    expect(await enter("corp", inside)).toBe(inside);
    expect(await userOf(inside)).toMatchObject({ isVerified: true });
    expect(await enter("open", outside)).toMatch(/has not been verified yet/);
    expect(await userOf(outside)).toMatchObject({ isVerified: false });
    expect(await identitiesOf(outside)).toEqual([]);
  });
});

test.describe("another claim than the address", () => {
  test("is good for the domains of the profile, without a word on its being verified", async () => {
    const upn = newName("staff.example.com");
    expect(await enter("staff", "s1", { upn, email: undefined, email_verified: undefined })).toBe(upn);
    expect(await enter("staff", "s2", { upn: newName() })).toMatch(NOT_ALLOWED);
    expect(await enter("staff", "s3", { upn: undefined, email: newName("staff.example.com") })).toMatch(
      /^Staff gave no/,
    );
  });
});

test.describe("groups", () => {
  const groupsOf = async (loginId: string) =>
    syncedGroupsOf(site.ctx(), (await userOf(loginId))?.id ?? "").then((all) => all.flatMap(({ names }) => names));

  test("come from a claim, and are brought up to date at each sign-in; those given here are left alone", async () => {
    const editors = await createGroup(site.ctx(), { name: "Editors", bundleIds: [], permissionIds: [] });
    await createGroup(site.ctx(), { name: "Readers", bundleIds: [], permissionIds: [] });
    const upn = newName("staff.example.com");
    const sign = (groups: unknown, more: Person = {}) => enter("staff", upn, { upn, groups, ...more });
    await sign(["id-of-editors", "id-of-strangers"]);
    expect(await groupsOf(upn)).toEqual(["Editors"]);
    await sign("id-of-readers");
    expect(await groupsOf(upn)).toEqual(["Readers"]);
    // More than fit into a token: nothing is known, so nothing changes.
    await sign(undefined, {
      _claim_names: { groups: "src1" },
      _claim_sources: { src1: { endpoint: "https://graph.example.com/groups" } },
    });
    expect(await groupsOf(upn)).toEqual(["Readers"]);
    await sign(["id-of-editors", "id-of-readers"]);
    expect(await groupsOf(upn)).toEqual(["Editors", "Readers"]);
    await sign([7, null, { id: "id-of-editors" }]);
    expect(await groupsOf(upn)).toEqual([]);
    await sign(undefined);
    const id = (await userOf(upn))?.id ?? "";
    const synced = (await auditOf(id)).filter(([action]) => action === "sync").map(([, changes]) => changes.groupIds);
    expect(synced).toEqual([
      { from: [], to: ["Editors"] },
      { from: ["Editors"], to: ["Readers"] },
      { from: ["Readers"], to: ["Editors", "Readers"] },
      { from: ["Editors", "Readers"], to: [] },
    ]);
    expect((await getUser(site.ctx(), id)).groupIds).not.toContain(editors);
  });
});

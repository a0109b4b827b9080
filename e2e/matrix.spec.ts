import { and, eq, gt, max } from "drizzle-orm";
import { createBundle } from "@/lib/bundles/service";
import { setDatabaseUrl } from "@/lib/config/env";
import { type Context, noRequest } from "@/lib/context";
import { closeDatabase, connect, database } from "@/lib/db/client";
import { permissions, userBundles, userGroups, userPermissions } from "@/lib/db/schema/access";
import { auditEvents } from "@/lib/db/schema/events";
import { users } from "@/lib/db/schema/users";
import { createGroup } from "@/lib/groups/service";
import { newUser, type UserInput } from "@/lib/users/schema";
import { createUser } from "@/lib/users/service";
import { env, expect, test } from "./fixtures";
import { type Answer, type Client, clientOf, cookieOf } from "./support/api";
import { type ActionFields, actionOn, formData, stateIn } from "./support/forms";
import { PASSWORD } from "./support/people";
import { stop } from "./support/process";
import { type Server, startServer } from "./support/server";

/**
 * Who may do what to whom, on every way in: each cell of actor × target × action × way is tried on records of its own,
 * and both the answer and what is stored have to say what `expected` says. The server has a database of its own, because
 * "the last superuser" is a property of the whole table.
 */

type Actor = "anonymous" | "signedIn" | "manager" | "superuser" | "leavingSuperuser";
type Target = "self" | "user" | "userWithMore" | "superuser" | "lastSuperuser";
/** `form` and `bulk` post to the server actions as a browser without scripts does. */
type Way = "form" | "bulk" | "api";

const ACTIONS = [
  "rename",
  "disable",
  "enable",
  "disableLater",
  "promote",
  "demote",
  "setPassword",
  "grantHeld",
  "grantHeldByGroup",
  "grantLacking",
  "grantLackingByGroup",
  "grantLackingByBundle",
  "leaveGroup",
  "delete",
] as const;
type Action = (typeof ACTIONS)[number];

/** `same` is let through, and there is nothing to change. */
type Outcome = "done" | "refused" | "same";

/** A manager holds auth-manage and nothing else; somebody who is leaving has a disable date ahead. */
const TARGETS_OF: Record<Actor, Target[]> = {
  anonymous: ["user", "userWithMore", "superuser", "lastSuperuser"],
  signedIn: ["self", "user", "userWithMore", "superuser", "lastSuperuser"],
  manager: ["self", "user", "userWithMore", "superuser", "lastSuperuser"],
  superuser: ["self", "user", "userWithMore", "superuser", "lastSuperuser"],
  leavingSuperuser: ["self", "lastSuperuser"],
};

const AGAINST_SELF: Action[] = ["disable", "disableLater", "demote", "delete"];
const LAST_NEEDED: Action[] = AGAINST_SELF;
const TAKES_OVER: Action[] = ["rename", "setPassword"];
const GIVES_TOO_MUCH: Action[] = ["grantLacking", "grantLackingByGroup", "grantLackingByBundle"];

const isSuper = (actor: Actor) => actor === "superuser" || actor === "leavingSuperuser";

/** Whether the target is a superuser before anything happens. */
const isSuperTarget = (actor: Actor, target: Target) =>
  target === "superuser" || target === "lastSuperuser" || (target === "self" && isSuper(actor));

/** The actor itself is the only superuser there is. */
const isOwnLast = (actor: Actor, target: Target) => actor === "superuser" && target === "lastSuperuser";

const isSelf = (actor: Actor, target: Target) => target === "self" || isOwnLast(actor, target);

/** Nobody who is about to act, and no last superuser, can be switched off to begin with. */
const startsDisabled = (actor: Actor, target: Target, action: Action) =>
  action === "enable" && !isSelf(actor, target) && target !== "lastSuperuser";

function isRefused(actor: Actor, target: Target, action: Action): boolean {
  if (actor === "anonymous" || actor === "signedIn") return true;
  if (isSelf(actor, target) && AGAINST_SELF.includes(action)) {
    return action !== "demote" || isSuperTarget(actor, target);
  }
  if (target === "lastSuperuser" && LAST_NEEDED.includes(action)) return true;
  if (isSuper(actor)) return false;
  if (isSuperTarget(actor, target) || action === "promote" || GIVES_TOO_MUCH.includes(action)) return true;
  return target === "userWithMore" && TAKES_OVER.includes(action);
}

/** The rules of the product (docs of the admin, "Rules"), and nothing of how they are carried out. */
function expected(actor: Actor, target: Target, action: Action): Outcome {
  if (isRefused(actor, target, action)) return "refused";
  const isSame =
    (action === "enable" && !startsDisabled(actor, target, action)) ||
    (action === "promote" && isSuperTarget(actor, target)) ||
    (action === "demote" && !isSuperTarget(actor, target));
  return isSame ? "same" : "done";
}

type Bulk = { action: string; chosen?: string };

/** What an action asks for: fields of the form and the API, and its name among the bulk actions if it is one. */
type Asked = { patch: Partial<UserInput>; bulk?: Bulk };

type Forms = Record<"edit" | "delete" | "bulk", ActionFields>;

/** What all cases share. */
type World = {
  server: Server;
  ctx: Context;
  forms: Forms;
  permissionIds: Record<"held" | "lacking", string>;
  groupIds: Record<"managers" | "deputies" | "elders" | "lacking" | "club", string>;
  lackingBundle: string;
};

let counter = 0;

/** A login id that nobody has. */
const freshLoginId = () => `${process.pid}-${counter++}@example.com`;

/**
 * Adds a user who is a member of the club.
 * @returns the id
 */
async function addUser({ ctx, groupIds }: World, fields: Partial<UserInput> = {}): Promise<string> {
  const more = fields.groupIds ?? [];
  const id = await createUser(ctx, {
    ...newUser,
    loginId: freshLoginId(),
    ...fields,
    groupIds: [groupIds.club, ...more],
  });
  // Only a password or a mail verifies an account, and hashing hundreds of passwords takes the time of everything else.
  await ctx.db.update(users).set({ isVerified: true }).where(eq(users.id, id));
  return id;
}

type Person = { id: string | undefined; client: Client };

async function signedIn({ server, ctx }: World, id: string): Promise<Person> {
  return { id, client: clientOf(server.url, await cookieOf(ctx, id)) };
}

const TOMORROW = new Date(Date.now() + 86_400_000).toISOString();

async function addActor(world: World, actor: Actor): Promise<Person> {
  switch (actor) {
    case "anonymous":
      return { id: undefined, client: clientOf(world.server.url) };
    case "signedIn":
      return signedIn(world, await addUser(world));
    case "manager":
      return signedIn(world, await addUser(world, { groupIds: [world.groupIds.managers] }));
    case "superuser":
      return signedIn(world, await addUser(world, { isSuperuser: true }));
    case "leavingSuperuser":
      return signedIn(world, await addUser(world, { isSuperuser: true, disabledAt: TOMORROW }));
  }
}

function addTarget(world: World, target: Target, isEnabled: boolean): Promise<string> {
  const isSuperuser = target === "superuser" || target === "lastSuperuser";
  const groupIds = target === "userWithMore" ? [world.groupIds.elders] : [];
  return addUser(world, { isSuperuser, isEnabled, groupIds });
}

const CHANGED_PASSWORD = `${PASSWORD} again`;

function askedOf({ permissionIds, groupIds, lackingBundle }: World, action: Action, before: Stored): Asked {
  const join = (chosen: string): Asked => ({
    patch: { groupIds: [...before.groupIds, chosen] },
    bulk: { action: "addToGroup", chosen },
  });
  switch (action) {
    case "rename":
      return { patch: { loginId: freshLoginId() } };
    case "disable":
      return { patch: { isEnabled: false }, bulk: { action: "disable" } };
    case "enable":
      return { patch: { isEnabled: true }, bulk: { action: "enable" } };
    case "disableLater":
      return { patch: { disabledAt: "2099-01-01" } };
    case "promote":
      return { patch: { isSuperuser: true } };
    case "demote":
      return { patch: { isSuperuser: false } };
    case "setPassword":
      return { patch: { password: CHANGED_PASSWORD, confirm: CHANGED_PASSWORD } };
    case "grantHeld":
      return { patch: { permissionIds: [permissionIds.held] } };
    case "grantHeldByGroup":
      return join(groupIds.deputies);
    case "grantLacking":
      return { patch: { permissionIds: [permissionIds.lacking] } };
    case "grantLackingByGroup":
      return join(groupIds.lacking);
    case "grantLackingByBundle":
      return { patch: { bundleIds: [lackingBundle] } };
    case "leaveGroup":
      return {
        patch: { groupIds: before.groupIds.filter((id) => id !== groupIds.club) },
        bulk: { action: "removeFromGroup", chosen: groupIds.club },
      };
    case "delete":
      return { patch: {}, bulk: { action: "delete" } };
  }
}

type Stored = typeof users.$inferSelect & Record<"groupIds" | "bundleIds" | "permissionIds", string[]>;

/** A user's row and links as they are stored; undefined if there is none. */
async function storedUser({ db }: Context, id: string): Promise<Stored | undefined> {
  const [row] = await db.select().from(users).where(eq(users.id, id));
  if (!row) return undefined;
  const [groups, bundles, granted] = await Promise.all([
    db.select({ id: userGroups.groupId }).from(userGroups).where(eq(userGroups.userId, id)),
    db.select({ id: userBundles.bundleId }).from(userBundles).where(eq(userBundles.userId, id)),
    db.select({ id: userPermissions.permissionId }).from(userPermissions).where(eq(userPermissions.userId, id)),
  ]);
  const sorted = (links: { id: string }[]) => links.map((link) => link.id).sort();
  return { ...row, groupIds: sorted(groups), bundleIds: sorted(bundles), permissionIds: sorted(granted) };
}

/** What the edit form of a user would post if somebody had changed `patch` in it. */
function editFields(before: Stored, patch: Partial<UserInput>, seesSuperusers: boolean): [string, string][] {
  const disabledAt = before.disabledAt?.toISOString().slice(0, 10) ?? "";
  const form = { ...before, password: "", confirm: "", disabledAt, ...patch };
  const isSuperuser = seesSuperusers ? form.isSuperuser : patch.isSuperuser;
  return [
    ["id", before.id],
    ["version", String(before.version)],
    ["from", "/admin/users"],
    ["loginId", form.loginId],
    ["disabledAt", form.disabledAt],
    ["password", form.password],
    ["confirm", form.confirm],
    ...(form.isEnabled ? [["isEnabled", "on"] as [string, string]] : []),
    ...(isSuperuser ? [["isSuperuser", "on"] as [string, string]] : []),
    ...form.groupIds.map((id): [string, string] => ["groupIds", id]),
    ...form.bundleIds.map((id): [string, string] => ["bundleIds", id]),
    ...form.permissionIds.map((id): [string, string] => ["permissionIds", id]),
  ];
}

/** Leaves no superuser but those that a case makes afterwards. */
const demoteAll = ({ db }: Context) => db.update(users).set({ isSuperuser: false }).where(eq(users.isSuperuser, true));

type Case = { actor: Actor; target: Target; action: Action; way: Way };

/** Sends the request of one case. */
function send(
  forms: Forms,
  { actor, action, way }: Case,
  client: Client,
  before: Stored,
  asked: Asked,
): Promise<Answer> {
  const { patch, bulk } = asked;
  if (way === "bulk") {
    const fields: [string, string][] = [
      ["action", bulk?.action ?? ""],
      ["ids", before.id],
      ["from", "/admin/users"],
      ["chosen", bulk?.chosen ?? ""],
    ];
    const query = new URLSearchParams(fields);
    return client("POST", `/admin/users/bulk?${query}`, { body: formData(forms.bulk, fields) });
  }
  if (way === "api") {
    const path = `/api/users/${before.id}`;
    return action === "delete" ? client("DELETE", path) : client("PATCH", path, { body: patch });
  }
  const isDeletion = action === "delete";
  const page = `/admin/users/${before.id}/${isDeletion ? "delete" : "edit"}`;
  const fields: [string, string][] = isDeletion
    ? [
        ["id", before.id],
        ["from", "/admin/users"],
      ]
    : editFields(before, patch, isSuper(actor));
  return client("POST", page, { body: formData(isDeletion ? forms.delete : forms.edit, fields) });
}

/** Whether the answer says that it was let through; undefined for one that no rule explains. */
function isLetThrough({ actor, way, action }: Case, { status, headers, text }: Answer): boolean | undefined {
  const location = headers.get("location") ?? "";
  if (actor === "anonymous") {
    const isLogin = way === "api" ? status === 401 : status === 303 && location.startsWith("/login");
    return isLogin ? false : undefined;
  }
  if (status === 403) return false;
  if (way === "api") return status === (action === "delete" ? 204 : 200) ? true : undefined;
  if (way !== "bulk") {
    if (status === 303 && location === "/admin/users") return true;
    return status === 200 && text.includes('role="alert"') ? false : undefined;
  }
  if (status !== 200) return undefined;
  const { isDone, refusedCount } = stateIn(actionOn(text));
  return isDone === true ? refusedCount === 0 : undefined;
}

/** How what is stored differs: not at all, exactly as asked, or otherwise. */
function changeOf(before: Stored, after: Stored | undefined, { patch }: Asked, action: Action) {
  const comparable = (row: Stored | Record<string, unknown> | undefined) => JSON.stringify(row ?? null);
  if (comparable(before) === comparable(after)) return "unchanged";
  if (action === "delete") return after === undefined ? "as asked" : "otherwise";
  const { password, confirm: _, disabledAt, loginId = before.loginId, groupIds = before.groupIds, ...rest } = patch;
  const isNewHash = (after?.passwordHash ?? "") !== (before.passwordHash ?? "");
  if (isNewHash !== (password !== undefined)) return "otherwise";
  const wanted = {
    ...before,
    ...rest,
    groupIds: [...groupIds].sort(),
    loginId,
    loginIdCanonical: loginId,
    disabledAt: disabledAt ? new Date(disabledAt) : before.disabledAt,
    passwordHash: after?.passwordHash,
    version: before.version + 1,
    updatedAt: after?.updatedAt,
  };
  return comparable(wanted) === comparable(after) ? "as asked" : "otherwise";
}

const AUDITED: Partial<Record<Action, string>> = { delete: "delete", setPassword: "set-password" };

type Audited = Pick<typeof auditEvents.$inferSelect, "action" | "entityId" | "actorId">;

type Facts = { actorId: string | undefined; before: Stored; after: Stored | undefined; asked: Asked; answer: Answer };

/** What became of a case, where answer, stored row and audit trail say the same; otherwise what each of them says. */
function outcomeOf(tried: Case, { actorId, before, after, asked, answer }: Facts, audited: Audited[]): string {
  const isAllowed = isLetThrough(tried, answer);
  const change = changeOf(before, after, asked, tried.action);
  const [row, ...more] = audited;
  const isAudited = more.length === 0 && row?.action === (AUDITED[tried.action] ?? "update") && row.actorId === actorId;
  if (isAllowed === true && change === "as asked" && isAudited) return "done";
  if (isAllowed !== undefined && change === "unchanged" && audited.length === 0) return isAllowed ? "same" : "refused";
  const trail = audited.map(({ action }) => action).join(",") || "nothing";
  return `answered ${answer.status}, let through: ${isAllowed}, stored: ${change}, audited: ${trail}`;
}

async function lastAudit({ db }: Context): Promise<number> {
  const [row] = await db.select({ id: max(auditEvents.id) }).from(auditEvents);
  return row?.id ?? 0;
}

const auditedSince = ({ db }: Context, since: number, entityId: string): Promise<Audited[]> =>
  db
    .select()
    .from(auditEvents)
    .where(and(gt(auditEvents.id, since), eq(auditEvents.entityId, entityId)));

/** Tries one case on fresh records; `shared` acts where nothing of the actor's own changes. */
async function outcome(world: World, tried: Case, shared: Person): Promise<string> {
  const { actor, target, action, way } = tried;
  const { ctx, forms } = world;
  const isLast = target === "lastSuperuser";
  if (isLast) await demoteAll(ctx);
  const isFresh = isSelf(actor, target) || (isLast && isSuper(actor));
  const person = isFresh ? await addActor(world, actor) : shared;
  const isEnabled = !startsDisabled(actor, target, action);
  const id = isSelf(actor, target) ? (person.id ?? "") : await addTarget(world, target, isEnabled);
  const before = await storedUser(ctx, id);
  if (!before) throw new Error(`No target for ${actor} → ${target}.`);
  const asked = askedOf(world, action, before);
  const since = await lastAudit(ctx);
  const answer = await send(forms, { actor, target, action, way }, person.client, before, asked);
  const after = await storedUser(ctx, id);
  return outcomeOf(tried, { actorId: person.id, before, after, asked, answer }, await auditedSince(ctx, since, id));
}

const isBulk = (action: Action) =>
  ["enable", "disable", "grantHeldByGroup", "grantLackingByGroup", "leaveGroup", "delete"].includes(action);

const waysOf = (action: Action): Way[] => (isBulk(action) ? ["form", "bulk", "api"] : ["form", "api"]);

const casesOf = (actor: Actor, target: Target): Case[] =>
  ACTIONS.flatMap((action) => waysOf(action).map((way) => ({ actor, target, action, way })));

const PAIRS = Object.entries(TARGETS_OF).flatMap(([actor, targets]) =>
  targets.map((target) => [actor as Actor, target] as const),
);

const TOTAL = PAIRS.flatMap(([actor, target]) => casesOf(actor, target)).length;

/** How many cases are under way at once; where superusers are counted, each needs the table for itself. */
const AT_ONCE = 8;

const nameOf = ({ action, way }: Case) => `${action} by ${way}`;

/** What becomes of each case, by its name. */
async function outcomes(world: World, cases: Case[], shared: Person, atOnce: number): Promise<Record<string, string>> {
  const waiting = [...cases];
  const found: Record<string, string> = {};
  const next = async (): Promise<void> => {
    const tried = waiting.shift();
    if (!tried) return;
    found[nameOf(tried)] = await outcome(world, tried, shared);
    await next();
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return found;
}

/** The three forms as a superuser sees them, of a user who is nobody's target. */
async function readForms(client: Client, id: string): Promise<Forms> {
  const on = async (path: string) => actionOn((await client("GET", path)).text);
  return {
    edit: await on(`/admin/users/${id}/edit`),
    delete: await on(`/admin/users/${id}/delete`),
    bulk: await on(`/admin/users/bulk?action=disable&ids=${id}`),
  };
}

async function permissionIdsIn({ db }: Context): Promise<World["permissionIds"]> {
  await db.insert(permissions).values({ token: "reports-read", description: "read reports" });
  const rows = await db.select({ id: permissions.id, token: permissions.token }).from(permissions);
  const idOf = (token: string) => rows.find((row) => row.token === token)?.id ?? "";
  return { held: idOf("auth-manage"), lacking: idOf("reports-read") };
}

/** What the cases need to find on the server. */
async function makeWorld(server: Server, ctx: Context): Promise<World> {
  const permissionIds = await permissionIdsIn(ctx);
  const group = (name: string, ids: string[]) => createGroup(ctx, { name, bundleIds: [], permissionIds: ids });
  const { held, lacking } = permissionIds;
  const groupIds = {
    managers: await group("Managers", [held]),
    deputies: await group("Deputies", [held]),
    elders: await group("Elders", [lacking]),
    lacking: await group("Reporters", [lacking]),
    club: await group("Club", []),
  };
  const lackingBundle = await createBundle(ctx, { name: "Reports", permissionIds: [lacking] });
  const nothing: ActionFields = [];
  const world = {
    ...{ server, ctx, permissionIds, groupIds, lackingBundle },
    forms: { edit: nothing, delete: nothing, bulk: nothing },
  };
  const { client } = await addActor(world, "superuser");
  return { ...world, forms: await readForms(client, await addUser(world)) };
}

// One server and one database for all of them, and at times one superuser.
test.describe.configure({ mode: "default", timeout: 120_000 });

const DATABASE = `e2e_matrix_${process.pid}`;
const serverUrl = () => env("E2E_ADMIN_DATABASE_URL");

async function onServer(statement: string): Promise<void> {
  const admin = await connect(serverUrl());
  await admin.query(statement);
  await admin.end();
}

let world: World;

test.beforeAll(async () => {
  await onServer(`create database ${DATABASE}`);
  const url = serverUrl().replace(/gatehouse$/, DATABASE);
  const server = await startServer(process.cwd(), url);
  // The pool of the tests before may still point to their database.
  await closeDatabase();
  setDatabaseUrl(url);
  world = await makeWorld(server, { actor: { kind: "cli" }, db: database(), request: noRequest });
});

test.afterAll(async () => {
  await closeDatabase();
  await stop(world.server);
  await onServer(`drop database ${DATABASE} with (force)`);
});

for (const [actor, target] of PAIRS) {
  test(`${actor} → ${target}`, async () => {
    const cases = casesOf(actor, target);
    test.info().annotations.push({ type: "cases", description: `${cases.length} of ${TOTAL}` });
    // Somebody has to remain where the case is not about who remains.
    if (target !== "lastSuperuser") await addUser(world, { isSuperuser: true });
    const shared = await addActor(world, actor);
    const found = await outcomes(world, cases, shared, target === "lastSuperuser" ? 1 : AT_ONCE);
    expect(found).toEqual(
      Object.fromEntries(cases.map((each) => [nameOf(each), expected(actor, target, each.action)])),
    );
    expect(world.server.output()).not.toMatch(/error/i);
  });
}

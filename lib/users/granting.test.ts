import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { createBundle, getBundle, updateBundle } from "@/lib/bundles/service";
import type { Context } from "@/lib/context";
import { database } from "@/lib/db/client";
import { userPermissions } from "@/lib/db/schema/access";
import { createGroup, getGroup, updateGroup } from "@/lib/groups/service";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import {
  createTestBundle,
  createTestGroup,
  createTestUser,
  declareTestPermissions,
  editedInput,
  signedIn,
  type TestUser,
  uniqueName,
  userInput,
} from "@/lib/testing/factories";
import { failureOf } from "@/lib/testing/failure";
import { everythingStored, linksStored } from "@/lib/testing/records";
import type { UserInput } from "./schema";
import { createUser, getUser, setPassword, updateUser } from "./service";

/** Nobody gives more than they hold, by no path and by no verb; nobody becomes somebody who holds more. */

setUpTestDatabase();

const HELD = ["held", "held-too"] as const;
const LACKED = ["lacked", "lacked-too"] as const;

type Grant = { permissionIds?: string[]; bundleIds?: string[]; groupIds?: string[] };

let ids: Record<(typeof HELD)[number] | (typeof LACKED)[number], string>;
/** For each path: a grant of what the actor holds, and one of what the actor lacks. */
const grants: Record<string, { field: keyof Grant; harmless: Grant; tooMuch: Grant }> = {};

beforeAll(async () => {
  ids = await declareTestPermissions([...HELD, ...LACKED]);
  const [few, many] = [[...HELD], ["held", ...LACKED]];
  const [fewBundle, manyBundle] = [
    await createTestBundle({ permissions: few }),
    await createTestBundle({ permissions: many }),
  ];
  grants.directly = {
    field: "permissionIds",
    harmless: { permissionIds: [ids.held] },
    tooMuch: { permissionIds: [ids.held, ids.lacked, ids["lacked-too"]] },
  };
  grants["by a bundle"] = {
    field: "bundleIds",
    harmless: { bundleIds: [fewBundle] },
    tooMuch: { bundleIds: [fewBundle, manyBundle] },
  };
  grants["by a group"] = {
    field: "groupIds",
    harmless: { groupIds: [await createTestGroup({ permissions: few })] },
    tooMuch: { groupIds: [await createTestGroup({ permissions: many })] },
  };
  grants["by the bundle of a group"] = {
    field: "groupIds",
    harmless: { groupIds: [await createTestGroup({ bundles: [fewBundle] })] },
    tooMuch: { groupIds: [await createTestGroup({ bundles: [fewBundle, manyBundle] })] },
  };
});

const clerk = () => createTestUser({ permissions: ["auth-manage", ...HELD] });

async function saveUser(ctx: Context, id: string, fields: Partial<UserInput>) {
  const record = await getUser(ctx, id);
  await updateUser(ctx, id, record.version, editedInput(record, fields));
}

/** Every verb by which a grant can be given, with the fields that it takes. */
const verbs: [string, (keyof Grant)[], (ctx: Context, grant: Grant) => Promise<unknown>][] = [
  ["createUser", ["permissionIds", "bundleIds", "groupIds"], (ctx, grant) => createUser(ctx, userInput(grant))],
  [
    "updateUser on somebody else",
    ["permissionIds", "bundleIds", "groupIds"],
    async (ctx, grant) => saveUser(ctx, (await createTestUser()).id, grant),
  ],
  [
    "updateUser on oneself",
    ["permissionIds", "bundleIds", "groupIds"],
    async (ctx, grant) => {
      if (ctx.actor.kind === "user") await saveUser(ctx, ctx.actor.principal.userId, grant);
    },
  ],
  [
    "createGroup",
    ["permissionIds", "bundleIds"],
    (ctx, grant) => createGroup(ctx, { name: uniqueName("group"), permissionIds: [], bundleIds: [], ...grant }),
  ],
  [
    "updateGroup",
    ["permissionIds", "bundleIds"],
    async (ctx, grant) => {
      const { id, label: name, version } = await getGroup(ctx, await createTestGroup());
      await updateGroup(ctx, id, version, { name, permissionIds: [], bundleIds: [], ...grant });
    },
  ],
  [
    "createBundle",
    ["permissionIds"],
    (ctx, grant) => createBundle(ctx, { name: uniqueName("bundle"), permissionIds: [], ...grant }),
  ],
  [
    "updateBundle",
    ["permissionIds"],
    async (ctx, grant) => {
      const { id, label: name, version } = await getBundle(ctx, await createTestBundle());
      await updateBundle(ctx, id, version, { name, permissionIds: [], ...grant });
    },
  ],
];

const paths: [string, keyof Grant][] = [
  ["directly", "permissionIds"],
  ["by a bundle", "bundleIds"],
  ["by a group", "groupIds"],
  ["by the bundle of a group", "groupIds"],
];

const combinations = verbs.flatMap(([verb, fields, run]) =>
  paths.filter(([, field]) => fields.includes(field)).map(([path]) => [verb, path, run] as const),
);

describe("a user who is no superuser", () => {
  it.each(combinations)("with %s gives %s what they hold, and nothing else", async (_, path, run) => {
    const grant = grants[path];
    if (!grant) throw new Error(path);
    const { ctx } = await signedIn(await clerk());
    await run(ctx, grant.harmless);
    const before = await linksStored();
    expect(await failureOf(run(ctx, grant.tooMuch))).toMatchObject({
      code: "invalid",
      fields: { [grant.field]: { key: "grantsTooMuch", params: { permissions: "lacked, lacked-too" } } },
    });
    expect(await linksStored()).toEqual(before);
  });

  it("gives nothing that was taken from them after the page was loaded", async () => {
    const user = await clerk();
    const { ctx } = await signedIn(user);
    await database().delete(userPermissions).where(eq(userPermissions.permissionId, ids["held-too"]));
    expect(await failureOf(createUser(ctx, userInput({ permissionIds: [ids["held-too"]] })))).toMatchObject({
      fields: { permissionIds: { key: "grantsTooMuch" } },
    });
  });

  it("saves somebody who holds more as they are, and takes from them", async () => {
    const { ctx } = await signedIn(await clerk());
    const rich = await createTestUser({
      permissions: ["lacked", "lacked-too"],
      ...(grants["by a group"]?.tooMuch && { groups: grants["by a group"].tooMuch.groupIds ?? [] }),
    });
    await saveUser(ctx, rich.id, { isEnabled: false });
    await saveUser(ctx, rich.id, { permissionIds: [ids.lacked], groupIds: [] });
    expect(await getUser(ctx, rich.id)).toMatchObject({ permissionIds: [ids.lacked], groupIds: [] });
    expect(await failureOf(saveUser(ctx, rich.id, { permissionIds: [ids.lacked, ids["lacked-too"]] }))).toMatchObject({
      fields: { permissionIds: { params: { permissions: "lacked-too" } } },
    });
  });
});

describe("a superuser, and the command line,", () => {
  it.each(combinations)("with %s give %s what they like", async (_, path, run) => {
    const grant = grants[path];
    if (!grant) throw new Error(path);
    const { ctx } = await signedIn(await createTestUser({ isSuperuser: true }));
    await run(ctx, grant.tooMuch);
    await run(testContext(), grant.tooMuch);
  });
});

const takeovers: [string, (ctx: Context, target: TestUser) => Promise<unknown>][] = [
  ["login id", (ctx, { id }) => saveUser(ctx, id, { loginId: `${uniqueName("mine")}@example.com` })],
  ["spelling of the login id", (ctx, { id, loginId }) => saveUser(ctx, id, { loginId: loginId.toUpperCase() })],
  [
    "password by the form",
    (ctx, { id }) => saveUser(ctx, id, { password: "a password of mine", confirm: "a password of mine" }),
  ],
  ["password by the verb", (ctx, { loginId }) => setPassword(ctx, loginId, "a password of mine")],
];

describe.each(takeovers)("changing somebody's %s", (_, takeOver) => {
  it.each(["directly", "by a bundle", "by a group", "by the bundle of a group"])(
    "is refused to whoever lacks what they hold %s",
    async (path) => {
      const { groupIds: groups = [], bundleIds: bundles = [], permissionIds } = grants[path]?.tooMuch ?? {};
      const target = await createTestUser({ groups, bundles, permissions: permissionIds ? ["lacked"] : [] });
      const { ctx } = await signedIn(await clerk());
      const before = await everythingStored();
      expect(await failureOf(takeOver(ctx, target))).toMatchObject({
        code: "forbidden",
        problem: { key: "userHoldsMore" },
      });
      expect(await everythingStored()).toEqual(before);
    },
  );

  it("is allowed to whoever holds as much", async () => {
    const target = await createTestUser({ permissions: ["held", "auth-manage"] });
    const { ctx } = await signedIn(await clerk());
    await takeOver(ctx, target);
  });

  it("is allowed to a superuser", async () => {
    const target = await createTestUser({ permissions: ["lacked"] });
    const { ctx } = await signedIn(await createTestUser({ isSuperuser: true }));
    await takeOver(ctx, target);
  });
});

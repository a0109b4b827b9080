import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { type Answer, type Client, clientOf } from "@/e2e/support/api";
import { actionOn, formData } from "@/e2e/support/forms";
import { addPerson, PASSWORD } from "@/e2e/support/people";
import { findLinkHolder, signLinkToken } from "@/lib/auth/links";
import type { Context } from "@/lib/context";
import { users } from "@/lib/db/schema/users";
import { toldBy } from "./answers";
import type { Work } from "./load";

/** What people do on a site while something fails: read, save, export, come in, choose a new password. */

const isGiven = (headers: Headers) => headers.getSetCookie().some((each) => /^gatehouse-session=[\w-]{43}/.test(each));

/** Undefined for an answer that did not come, or not wholly. */
const whole = (request: Promise<Answer>): Promise<Answer | undefined> =>
  request.catch((error: unknown) => {
    if (error instanceof TypeError) return undefined;
    throw error;
  });

const fresh = (stem: string) => `${stem}-${randomUUID()}`;

const mailed = (stem: string) => `${fresh(stem)}@example.com`;

/** A page that asks the database who is there. */
export const reading = (client: Client): Work => ({
  kind: "read",
  once: async () => ({ told: toldBy(await whole(client("GET", "/account")), ({ status }) => status === 200) }),
});

/** A new user in a group, by the API; its login is the key. @param sendWelcome whether a mail goes with it */
export const addingUsers = (client: Client, groupId: string, sendWelcome = false): Work => ({
  kind: "add user",
  async once() {
    const loginId = mailed("added");
    const body = { loginId, groupIds: [groupId], sendWelcome };
    const answer = await client("POST", "/api/users", { body, headers: { "content-type": "application/json" } }).catch(
      (error: unknown) => error,
    );
    if (answer instanceof Error) return { told: "broken", key: loginId };
    return { told: toldBy(answer as Awaited<ReturnType<Client>>, ({ status }) => status === 201), key: loginId };
  },
});

/** A new group by the form, as without scripts; its name is the key. */
export async function savingGroups(client: Client): Promise<Work> {
  const action = actionOn((await client("GET", "/admin/groups/add")).text);
  return {
    kind: "save group",
    async once() {
      const name = fresh("saved");
      const body = formData(action, [["name", name]]);
      const answer = await whole(client("POST", "/admin/groups/add", { body }));
      return { told: toldBy(answer, ({ status }) => status === 303, name), key: name };
    },
  };
}

/** The list of groups as a file, which is whole or broken off. */
export const exporting = (client: Client): Work => ({
  kind: "export",
  async once() {
    const answer = await whole(client("GET", "/admin/groups/export?format=csv"));
    return { told: toldBy(answer, ({ status, text }) => status === 200 && text.includes("\r\n")) };
  },
});

/** Sign-ins with a right and a wrong password in turn, of which only the right one ever gets in. */
export async function signingIn(base: string, loginId: string, password = PASSWORD): Promise<Work> {
  const client = clientOf(base);
  const action = actionOn((await client("GET", "/login")).text);
  let turn = 0;
  return {
    kind: "sign in",
    async once() {
      const isRight = turn++ % 2 === 0;
      const fields = [
        ["loginId", isRight ? loginId : mailed("nobody")],
        ["password", isRight ? password : "not the password"],
      ] as const;
      const answer = await whole(client("POST", "/login", { body: formData(action, fields) }));
      if (answer && isGiven(answer.headers) && !isRight) return { told: "wrong: let in" };
      return {
        told: toldBy(answer, ({ headers, text }) => (isRight ? isGiven(headers) : text.includes("do not belong"))),
      };
    },
  };
}

export type Redeemable = { userId: string; cookie: string };

/** People with a link each to choose a new password. */
export async function peopleWithLinks(ctx: Context, count: number): Promise<Redeemable[]> {
  const made: Redeemable[] = [];
  for (let n = 0; n < count; n += 1) {
    const userId = await addPerson(ctx, mailed("link"), { password: "" });
    const holder = await findLinkHolder(ctx.db, eq(users.id, userId));
    if (!holder) throw new Error(`no user ${userId}`);
    const { token } = await signLinkToken(holder, "verify");
    made.push({ userId, cookie: `gatehouse-link=${encodeURIComponent(`${userId}.${token}`)}` });
  }
  return made;
}

/**
 * Each link is sent until it was told to have worked, as people do; one that may have worked already may be told to be of no
 * use any more, which is because it has. The user's id is the key.
 */
export async function redeeming(base: string, links: readonly Redeemable[]): Promise<Work> {
  const client = clientOf(base);
  const path = "/verify-account";
  const left = [...links];
  const action = actionOn((await client("GET", path, { headers: { cookie: left[0]?.cookie ?? "" } })).text);
  const body = () =>
    formData(action, [
      ["purpose", "verify"],
      ["password", PASSWORD],
      ["confirm", PASSWORD],
    ]);
  let mayHaveWorked = false;
  return {
    kind: "redeem",
    async once() {
      const [link] = left;
      if (!link) throw new Error("All links are used up.");
      const answer = await whole(client("POST", path, { body: body(), headers: { cookie: link.cookie } }));
      const told = toldBy(
        answer,
        ({ status, headers }) => status === 303 && (mayHaveWorked || headers.get("location") === "/login"),
      );
      mayHaveWorked = told !== "ok";
      if (told === "ok") left.shift();
      return { told, key: link.userId };
    },
  };
}

"use server";

import { redirect } from "next/navigation";
import { contextOf, requireUser } from "@/lib/auth/guards";
import { requireRecentSignIn } from "@/lib/auth/recent";
import { text } from "@/lib/crud/form-data";
import { problemsOf } from "@/lib/crud/form-state";
import { Forbidden, NotFound } from "@/lib/errors";
import { setFlash } from "@/lib/flash";
import { problemTexts } from "@/lib/i18n/problem-text";
import { disconnectIdentity } from "@/lib/identities/service";
import { endOtherSessions, endOwnSession } from "@/lib/sessions/service";
import { changeOwnPassword } from "@/lib/users/own-password";

const ACCOUNT = "/account";

/** What is wrong, in sentences; what was typed is not sent back. */
export type PasswordState = {
  error?: string;
  problems: { currentPassword?: string; password?: string; confirm?: string };
};

/** Sets a new password; the present one is asked, however fresh the session is. */
export async function changePassword(_state: PasswordState, form: FormData): Promise<PasswordState> {
  const principal = await requireUser();
  try {
    await changeOwnPassword(await contextOf(principal), {
      currentPassword: text(form, "currentPassword"),
      password: text(form, "password"),
      confirm: text(form, "confirm"),
    });
  } catch (error) {
    const { fields = {}, problem } = problemsOf(error);
    const sentence = await problemTexts();
    if (problem && Object.keys(fields).length === 0) return { problems: {}, error: sentence(problem) };
    return { problems: Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, sentence(each)])) };
  }
  await setFlash({ kind: "status", key: "accountPasswordChanged" });
  redirect(ACCOUNT);
}

/** Ends one session; whoever finds a browser left open must not lock its owner out elsewhere (ASVS 7.5.2). */
export async function endSession(form: FormData): Promise<void> {
  const principal = await requireUser();
  await requireRecentSignIn(principal, ACCOUNT);
  try {
    await endOwnSession(await contextOf(principal), text(form, "sessionId"));
    await setFlash({ kind: "status", key: "accountSessionEnded" });
  } catch (error) {
    // Gone already, which is what was wanted; the list shows it.
    if (!(error instanceof NotFound)) throw error;
  }
  redirect(ACCOUNT);
}

export async function endOthers(): Promise<void> {
  const principal = await requireUser();
  await requireRecentSignIn(principal, ACCOUNT);
  await endOtherSessions(await contextOf(principal));
  await setFlash({ kind: "status", key: "accountOthersEnded" });
  redirect(ACCOUNT);
}

/** Forgets an identity at a provider, which then lets nobody in to this account any more. */
export async function disconnect(form: FormData): Promise<void> {
  const principal = await requireUser();
  await requireRecentSignIn(principal, ACCOUNT);
  try {
    const identity = { issuer: text(form, "issuer"), subject: text(form, "subject") };
    const name = await disconnectIdentity(await contextOf(principal), identity);
    await setFlash({ kind: "status", key: "identityDisconnected", params: { name } });
  } catch (error) {
    if (error instanceof NotFound) await setFlash({ kind: "status", key: "identityGone" });
    else if (error instanceof Forbidden) await setFlash({ kind: "alert", key: "identityOnlyWay" });
    else throw error;
  }
  redirect(ACCOUNT);
}

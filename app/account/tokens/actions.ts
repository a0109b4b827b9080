"use server";

import { redirect } from "next/navigation";
import { createOwnToken, revokeOwnToken } from "@/lib/access-tokens/service";
import { contextOf, requireUser } from "@/lib/auth/guards";
import { requireRecentSignIn } from "@/lib/auth/recent";
import { text } from "@/lib/crud/form-data";
import { problemsOf } from "@/lib/crud/form-state";
import { NotFound } from "@/lib/errors";
import { setFlash } from "@/lib/flash";
import { problemTexts } from "@/lib/i18n/problem-text";
import { tokensPath } from "./path";

/** What was typed and what is wrong with it, in sentences; or the token, which is told only here. */
export type TokenState = {
  typed: { name: string; days: string };
  problems: { name?: string; days?: string };
  error?: string;
  made?: { name: string; accessToken: string };
};

export async function createToken(_state: TokenState, form: FormData): Promise<TokenState> {
  const principal = await requireUser();
  const typed = { name: text(form, "name"), days: text(form, "days") };
  await requireRecentSignIn(principal, tokensPath(typed.name));
  try {
    const { accessToken } = await createOwnToken(await contextOf(principal), typed);
    return { typed, problems: {}, made: { name: typed.name.trim(), accessToken } };
  } catch (error) {
    const { fields = {}, problem } = problemsOf(error);
    const sentence = await problemTexts();
    const problems = Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, sentence(each)]));
    const isWhole = problem && Object.keys(fields).length === 0;
    return { typed, problems, ...(isWhole && { error: sentence(problem) }) };
  }
}

/** Needs no fresh sign-in: whoever suspects that a token has leaked must not be held up. */
export async function revokeToken(form: FormData): Promise<void> {
  const principal = await requireUser();
  try {
    await revokeOwnToken(await contextOf(principal), text(form, "tokenId"));
    await setFlash({ kind: "status", key: "accountTokenRevoked" });
  } catch (error) {
    // Gone already, which is what was wanted; the list shows it.
    if (!(error instanceof NotFound)) throw error;
  }
  redirect("/account");
}

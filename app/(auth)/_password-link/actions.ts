"use server";

import { redirect } from "next/navigation";
import { anonymousContext, markPublic } from "@/lib/auth/guards";
import { dropLink, keptLink } from "@/lib/auth/link-cookie";
import { settings } from "@/lib/config/settings";
import { text } from "@/lib/crud/form-data";
import { problemsOf } from "@/lib/crud/form-state";
import { NotFound } from "@/lib/errors";
import { setFlash } from "@/lib/flash";
import { problemTexts } from "@/lib/i18n/problem-text";
import { setPasswordByLink } from "@/lib/users/password-links";
import { leaveInvalidLink } from "./invalid";

markPublic("the link proves who sets the password");

export type PasswordLinkState = { error?: string; problems: { password?: string; confirm?: string } };

const outcomes = {
  reset: { key: "passwordChanged", landing: settings.landing.afterReset },
  verify: { key: "accountVerified", landing: settings.landing.afterVerifyAccount },
} as const;

/** Sets the password by the link that this browser has opened. */
export async function setPasswordFromLink(_state: PasswordLinkState, form: FormData): Promise<PasswordLinkState> {
  const purpose = text(form, "purpose") === "verify" ? "verify" : "reset";
  const { key, landing } = outcomes[purpose];
  // Without one the verb is asked all the same: that counts as an attempt too.
  const link = (await keptLink()) ?? { userId: "", token: "" };
  try {
    await setPasswordByLink(await anonymousContext(), purpose, link, {
      password: text(form, "password"),
      confirm: text(form, "confirm"),
    });
  } catch (error) {
    if (error instanceof NotFound) leaveInvalidLink();
    const { fields = {}, problem } = problemsOf(error);
    const sentence = await problemTexts();
    const problems = Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, sentence(each)]));
    return { problems, error: sentence(problem) };
  }
  await dropLink(purpose);
  await setFlash({ kind: "status", key });
  redirect(landing);
}

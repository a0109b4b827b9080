import { getTranslations } from "next-intl/server";
import { problemsOf } from "@/lib/crud/form-state";
import { problemTexts } from "@/lib/i18n/problem-text";

/**
 * What to tell somebody whose sign-in was not even judged.
 * @throws what is no failure of ours
 */
export async function failureText(error: unknown): Promise<string> {
  const { problem } = problemsOf(error);
  if (problem.key === "unavailable") return (await getTranslations("login.errors"))("unavailable");
  return (await problemTexts())(problem);
}

import { getTranslations } from "next-intl/server";
import { NO_PARAMS, type Problem } from "@/lib/errors";

/** Says problems in the language of the request, on the server. */
export async function problemTexts(): Promise<(problem: Problem) => string> {
  const t = await getTranslations("errors");
  return ({ key: raw, params }) => {
    const key = raw as Parameters<typeof t>[0];
    // What is no key of ours is a library's own text.
    return t.has(key) ? t(key, { ...NO_PARAMS, ...params }) : raw;
  };
}

import { getTranslations } from "next-intl/server";
import type { Problem } from "@/lib/errors";

/** Says problems in the reader's language, on the server. */
export async function reasonTexts(): Promise<(problem: Problem) => string> {
  const t = await getTranslations("errors");
  return ({ key: raw, params }) => {
    const key = raw as Parameters<typeof t>[0];
    return t.has(key) ? t(key, { min: 0, max: 0, permissions: "", ...params }) : raw;
  };
}

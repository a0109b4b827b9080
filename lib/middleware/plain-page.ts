import { createTranslator } from "use-intl/core";
import { localeOf } from "@/lib/auth/request";
import { loadMessages } from "@/lib/i18n/locales";

export type PlainPage = "crossSite" | "forbidden" | "notAForm" | "notFound" | "tooLarge" | "unavailable";

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** A page without scripts or data, for answers that must not depend on anything else working. */
export async function plainPage(page: PlainPage, status: number, headers: Headers, nonce: string): Promise<Response> {
  const locale = localeOf(headers);
  const t = createTranslator({ locale, messages: await loadMessages(locale), namespace: "plainPage" });
  const body = `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(t(`${page}.title`))}</title>
<style nonce="${nonce}">:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}</style>
</head><body><main><h1>${escapeHtml(t(`${page}.title`))}</h1><p>${escapeHtml(t(`${page}.text`))}</p><p><a href="/">${escapeHtml(t("home"))}</a></p></main></body></html>`;
  const answer = new Headers({ "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
  if (status === 503) answer.set("retry-after", "5");
  return new Response(body, { status, headers: answer });
}

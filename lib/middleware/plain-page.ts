import { createTranslator } from "use-intl/core";
import { localeOf } from "@/lib/auth/request";
import { loadMessages } from "@/lib/i18n/locales";

export type PlainPage = "crossSite" | "forbidden" | "notAForm" | "notFound" | "tooLarge" | "unavailable";

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

type Page = {
  title: string;
  text: string;
  link: { href: string; label: string };
  /** Whether the browser follows the link by itself. */
  isLeft?: boolean;
};

async function translator(headers: Headers) {
  const locale = localeOf(headers);
  return { locale, t: createTranslator({ locale, messages: await loadMessages(locale), namespace: "plainPage" }) };
}

function html(locale: string, nonce: string, { title, text, link, isLeft = false }: Page): string {
  const refresh = isLeft ? `<meta http-equiv="refresh" content="0;url=${escapeHtml(link.href)}">` : "";
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">${refresh}
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}</style>
</head><body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p><p><a href="${escapeHtml(link.href)}">${escapeHtml(link.label)}</a></p></main></body></html>`;
}

const htmlHeaders = () => new Headers({ "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });

/** A page without scripts or data, for answers that must not depend on anything else working. */
export async function plainPage(page: PlainPage, status: number, headers: Headers, nonce: string): Promise<Response> {
  const { locale, t } = await translator(headers);
  const [title, text] = [t(`${page}.title`), t(`${page}.text`)];
  const answer = htmlHeaders();
  if (status === 503) answer.set("retry-after", "5");
  return new Response(html(locale, nonce, { title, text, link: { href: "/", label: t("home") } }), {
    status,
    headers: answer,
  });
}

/**
 * Leads a browser to another site. Not by a redirect: after a form was sent, browsers hold every further address against
 * `form-action` of the page that the form was on, those to which the other site leads on as well.
 * @param name what people call the other site
 */
export async function leavingPage(href: string, name: string, headers: Headers, nonce: string): Promise<Response> {
  const { locale, t } = await translator(headers);
  const page = { title: t("leaving.title", { name }), text: t("leaving.text", { name }), isLeft: true };
  const link = { href, label: t("leaving.link", { name }) };
  return new Response(html(locale, nonce, { ...page, link }), { headers: htmlHeaders() });
}

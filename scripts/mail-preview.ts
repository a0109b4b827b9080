import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { loadEnvFiles } from "@/lib/config/env-files";
import { languages, locales } from "@/lib/i18n/locales";
import type { MailContent } from "@/lib/mail/content";
import { renderMail } from "@/lib/mail/render";

/** `npm run mail-preview`: every mail in every language, as files to open in a browser; the data are made up. */

const folder = path.resolve(".data/mail-preview");
const at = new Date("2026-11-25T15:09:00Z");

const link = (page: string) => ({
  url: `https://gatehouse.example.com/${page}/0197a2c4-7d1e-7c3a-9f52-1b6e8d40c7aa/eyJhbGciOiJIUzI1NiJ9.${"c2FtcGxl".repeat(16)}`,
  lifetimeMinutes: 240,
  expiresAt: at,
});

const samples: MailContent[] = [
  { kind: "reset-password", loginId: "ann@example.com", ...link("reset-password") },
  { kind: "verify-account", loginId: "ann@example.com", ...link("verify-account") },
  {
    kind: "confirm-login",
    loginId: "ann@example.com",
    newLoginId: "ann.lee@example.org",
    ...link("confirm-login"),
    lifetimeMinutes: 90,
  },
  { kind: "login-changed", newLoginId: "ann.lee@example.org", changedAt: at },
  { kind: "password-changed", loginId: "ann@example.com", changedAt: at },
  ...(["reset", "ask", "wait"] as const).map(
    (remedy): MailContent => ({
      kind: "account-locked",
      loginId: "ann@example.com",
      attempts: 15,
      lockedAt: at,
      lockoutMinutes: 60,
      remedy,
    }),
  ),
];

const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** The mail in one of its two colour schemes, whatever this browser prefers. */
function frame(html: string, scheme: "light" | "dark", title: string): string {
  const forced = html.replaceAll("(prefers-color-scheme: dark)", scheme === "dark" ? "all" : "not all");
  return `<iframe title="${escaped(`${title}, ${scheme}`)}" srcdoc="${escaped(forced)}"></iframe>`;
}

loadEnvFiles();
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

const sections: string[] = [];
for (const content of samples) {
  for (const locale of locales) {
    const { subject, html, text } = await renderMail(content, locale);
    const name = `${content.kind}${"remedy" in content ? `-${content.remedy}` : ""}.${locale}`;
    await writeFile(path.join(folder, `${name}.html`), html);
    await writeFile(path.join(folder, `${name}.txt`), text);
    sections.push(`<section>
<h2>${escaped(subject)}</h2>
<p>${languages[locale]} · <a href="${name}.html">${name}.html</a> · <a href="${name}.txt">${name}.txt</a></p>
<div>${frame(html, "light", subject)}${frame(html, "dark", subject)}<pre>${escaped(text)}</pre></div>
</section>`);
  }
}

const index = path.join(folder, "index.html");
await writeFile(
  index,
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mails</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 1.5rem; }
  section { margin-block-end: 3rem; }
  h2 { margin: 0; font-size: 1.125rem; }
  div { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
  iframe, pre { box-sizing: border-box; inline-size: 100%; block-size: 54rem; margin: 0; border: 1px solid #8888; border-radius: 8px; }
  pre { padding: 1rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.8125rem; }
</style>
<h1>Mails</h1>
${sections.join("\n")}
</html>
`,
);
console.log(index);

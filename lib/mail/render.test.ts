import { afterEach, describe, expect, it, vi } from "vitest";
import { MAIL_KINDS } from "@/lib/db/schema/events";
import { type Locale, loadMessages, locales } from "@/lib/i18n/locales";
import type { MailContent, MailKind } from "./content";
import { renderMail } from "./render";

const url = "https://gatehouse.test/reset-password/1/abc.def";
const link = { url, lifetimeMinutes: 240, expiresAt: new Date("2026-11-25T15:09:30Z") };
const changedAt = new Date("2026-03-01T23:05:00Z");

const contents: Record<MailKind, MailContent> = {
  "reset-password": { kind: "reset-password", loginId: "ann@acme.test", ...link },
  "verify-account": { kind: "verify-account", loginId: "ann@acme.test", ...link },
  "confirm-login": { kind: "confirm-login", loginId: "ann@acme.test", newLoginId: "new@acme.test", ...link },
  "login-changed": { kind: "login-changed", newLoginId: "new@acme.test", changedAt },
  "password-changed": { kind: "password-changed", loginId: "ann@acme.test", changedAt },
  "account-locked": {
    kind: "account-locked",
    loginId: "ann@acme.test",
    attempts: 15,
    lockedAt: changedAt,
    lockoutMinutes: 60,
    remedy: "reset",
  },
};

const expiry: Record<Locale, string> = {
  en: "The link works for 4 hours, until November 25, 2026 at 15:09 UTC.",
  es: "El enlace funciona durante 4 horas, hasta el 25 de noviembre de 2026 a las 15:09 UTC.",
};
const change: Record<Locale, string> = {
  en: "March 1, 2026 at 23:05 UTC",
  es: "1 de marzo de 2026 a las 23:05 UTC",
};

const count = (text: string, part: string | RegExp) => text.split(part).length - 1;

const reset = (given: Partial<Extract<MailContent, { lifetimeMinutes: number }>> = {}, locale: Locale = "en") =>
  renderMail({ ...contents["reset-password"], ...given } as MailContent, locale);

/** Renders with other settings, which are read once in a process. */
async function withSettings(settings: Record<string, string>, content = contents["reset-password"]) {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  vi.resetModules();
  const fresh = await import("./render");
  return fresh.renderMail(content, "en");
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe.each(locales)("in %s", (locale) => {
  describe.each(MAIL_KINDS)("%s", (kind) => {
    const content = contents[kind];

    it("says what it has to say, every sentence in this language", async () => {
      const reported = vi.spyOn(console, "error");
      const { subject, html, text } = await renderMail(content, locale);
      const { mail: own } = await loadMessages(locale);

      expect(subject).toBe(`[Gatehouse] ${own.subjects[kind]}`);
      expect(html).toMatch(new RegExp(`<html[^>]* lang="${locale}"`));
      expect(text).toContain(own[kind].title);
      expect(text).toContain(own[kind].notYou.replace(/<.*?>/g, "").replaceAll("{site}", "Gatehouse"));
      expect(html).toContain(own[kind].preheader.replaceAll("{site}", "Gatehouse"));
      for (const part of ["loginId", "newLoginId"] as const) {
        if (part in content) expect(text).toContain((content as Record<string, unknown>)[part]);
      }
      // The translator gives the key of what it does not find, and reports it.
      expect(`${subject}${html}${text}`).not.toMatch(/\bmail\.|<\/?[a-z]+>\{|\{[a-zA-Z]+\}/);
      expect(reported).not.toHaveBeenCalled();
    });

    if ("url" in content) {
      it("links once, shows the address once, and says until when it works", async () => {
        const { html, text } = await renderMail(content, locale);
        expect(count(html, `href="${url}"`)).toBe(1);
        expect(count(html, `>${url}<`)).toBe(1);
        expect(count(html, url)).toBe(2);
        expect(text.split("\n").filter((line) => line === url)).toHaveLength(1);
        expect(count(text, url)).toBe(1);
        expect(html).toContain(expiry[locale]);
        expect(text).toContain(expiry[locale]);
        expect(text).not.toContain((await loadMessages(locale)).mail.copy);
      });
    } else {
      it("says when it was changed, and has no link that a forger could imitate", async () => {
        const { html, text } = await renderMail(content, locale);
        expect(text).toContain(change[locale]);
        expect(html).not.toContain("href=");
      });
    }
  });
});

it.each(locales)("names the link for a forgotten password as the login page does (%s)", async (locale) => {
  const { login } = await loadMessages(locale);
  for (const kind of ["password-changed", "account-locked"] as const) {
    expect((await renderMail(contents[kind], locale)).text).toContain(login.forgot);
  }
});

it.each(["ask", "wait"] as const)("a locked account without mailed links is not told of any (%s)", async (remedy) => {
  const locked = { ...contents["account-locked"], remedy } as MailContent;
  const { text } = await renderMail(locked, "en");
  expect(text).not.toMatch(/forgot|new password/);
  expect(text).toMatch(/15 failed attempts/);
  expect(text).toMatch(/for 1 hour/);
  expect(/administrator/.test(text)).toBe(remedy === "ask");
});

it.each(MAIL_KINDS)("%s differs between the languages", async (kind) => {
  const [english, spanish] = await Promise.all([renderMail(contents[kind], "en"), renderMail(contents[kind], "es")]);
  for (const part of ["subject", "html", "text"] as const) expect(spanish[part]).not.toBe(english[part]);
});

it.each([
  [1, "1 minute,", "1 minuto,"],
  [90, "90 minutes,", "90 minutos,"],
  [60, "1 hour,", "1 hora,"],
  [2880, "2 days,", "2 días,"],
])("says how long %i minutes are", async (lifetimeMinutes, english, spanish) => {
  expect((await reset({ lifetimeMinutes })).text).toContain(`works for ${english}`);
  expect((await reset({ lifetimeMinutes }, "es")).text).toContain(`durante ${spanish}`);
});

describe("hostile values", () => {
  it("never become markup", async () => {
    const loginId = `<script>alert("1")</script>&<b>@acme.test`;
    const { html, text } = await reset({ loginId, url: `https://gatehouse.test/?a="><img src=x>&b=1` });
    expect(html).not.toMatch(/<script|<b>|<img/);
    expect(html).toContain("&lt;script&gt;");
    expect(text).toContain(loginId);
  });

  it("never begin a line or turn the direction of reading", async () => {
    const loginId = "ann\r\nPay here:\u2028\u0000https://evil.test \u202Emoc@acme.test";
    const { html, text } = await reset({ loginId });
    expect(html).toContain("ann Pay here: https://evil.test moc@acme.test");
    expect(text).not.toMatch(/^\s*(Pay|https:\/\/evil)/m);
    expect(`${html}${text}`).not.toMatch(/[\r\u2028\u202E]/);
  });

  it("of the settings stay within the subject and the text", async () => {
    const settings = { EMAIL_SITE_ABBR: "A\r\nBcc: x@evil.test", EMAIL_SITE_NAME: "Acme\r\n<b>&\u0007Sons" };
    const { subject, html, text } = await withSettings(settings);
    expect(subject).toBe("[A Bcc: x@evil.test] Password Reset Link");
    expect(html).toContain("Acme &lt;b&gt;&amp; Sons");
    expect(text).toContain("on Acme <b>& Sons, for");
  });
});

describe("the settings", () => {
  it("name the site and its address", async () => {
    const settings = { EMAIL_SITE_NAME: "Acme Portal", AUTH_URL: "https://portal.acme.test" };
    const { html, text } = await withSettings(settings, contents["password-changed"]);
    expect(text).toContain("sent automatically by Acme Portal, portal.acme.test.");
    expect(`${html}${text}`).not.toContain("Gatehouse");
  });

  it("leave out the brackets with a blank abbreviation", async () => {
    expect((await withSettings({ EMAIL_SITE_ABBR: " " })).subject).toBe("Password Reset Link");
  });
});

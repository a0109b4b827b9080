import { render, toPlainText } from "react-email";
import type { Locale } from "@/lib/i18n/locales";
import type { Mail, MailContent } from "./content";
import { AccountLocked } from "./templates/account-locked";
import { ConfirmLogin } from "./templates/confirm-login";
import { LoginChanged } from "./templates/login-changed";
import { PasswordChanged } from "./templates/password-changed";
import { ResetPassword } from "./templates/reset-password";
import { VerifyAccount } from "./templates/verify-account";
import { type MailWriter, mailWriter, oneLine } from "./writer";

function template(content: MailContent, writer: MailWriter) {
  switch (content.kind) {
    case "reset-password":
      return <ResetPassword content={content} writer={writer} />;
    case "verify-account":
      return <VerifyAccount content={content} writer={writer} />;
    case "confirm-login":
      return <ConfirmLogin content={content} writer={writer} />;
    case "login-changed":
      return <LoginChanged content={content} writer={writer} />;
    case "password-changed":
      return <PasswordChanged content={content} writer={writer} />;
    case "account-locked":
      return <AccountLocked content={content} writer={writer} />;
  }
}

/** A name that people chose themselves never begins a line of its own. */
const withoutLineBreaks = (content: MailContent) =>
  Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name, typeof value === "string" ? oneLine(value) : value]),
  ) as MailContent;

/** The mail in this language: the subject as one line without control characters, HTML, and the same as plain text. */
export async function renderMail(
  content: MailContent,
  locale: Locale,
): Promise<Pick<Mail, "subject" | "html" | "text">> {
  const writer = await mailWriter(locale);
  const { abbreviation } = writer.site;
  const subject = writer.t(`subjects.${content.kind}`);
  const html = await render(template(withoutLineBreaks(content), writer));
  return {
    subject: abbreviation ? `[${abbreviation}] ${subject}` : subject,
    html,
    // Capitals, the default for headings, are hard to read.
    text: toPlainText(html, { selectors: [{ selector: "h1", options: { uppercase: false, leadingLineBreaks: 2 } }] }),
  };
}

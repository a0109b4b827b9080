import type { ComposeMail } from "@/lib/mail/deliver";

/** Writes a mail to the address in the row, for tests of what happens to mails on their way. */
export const composePlain: ComposeMail = async ({ id, recipient }) => ({
  id,
  to: recipient ?? "",
  subject: "Password Reset Link",
  html: "<p>Hello</p>",
  text: "Hello",
});

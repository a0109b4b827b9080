import type { MailLink } from "@/lib/mail/content";
import type { MailWriter } from "@/lib/mail/writer";
import { Action } from "./action";
import { Layout } from "./layout";
import { Paragraph, strong } from "./paragraph";

type Props = { content: { loginId: string } & MailLink; writer: MailWriter };

/** For somebody who forgot the password, if it was them. */
export function ResetPassword({ content, writer }: Props) {
  const { t, site } = writer;
  return (
    <Layout
      writer={writer}
      title={t("reset-password.title")}
      preheader={t("reset-password.preheader", { site: site.name })}
    >
      <Paragraph>{t.rich("reset-password.text", { loginId: content.loginId, site: site.name, strong })}</Paragraph>
      <Paragraph>{t("reset-password.instruction")}</Paragraph>
      <Action link={content} label={t("reset-password.button")} writer={writer} />
      <Paragraph muted>{t("reset-password.notYou")}</Paragraph>
    </Layout>
  );
}

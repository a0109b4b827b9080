import type { MailLink } from "@/lib/mail/content";
import type { MailWriter } from "@/lib/mail/writer";
import { Action } from "./action";
import { Layout } from "./layout";
import { Paragraph, strong } from "./paragraph";

type Props = { content: { loginId: string } & MailLink; writer: MailWriter };

/** For a new user: proves that the address is theirs, and lets them choose a password. */
export function VerifyAccount({ content, writer }: Props) {
  const { t, site } = writer;
  return (
    <Layout
      writer={writer}
      title={t("verify-account.title")}
      preheader={t("verify-account.preheader", { site: site.name })}
    >
      <Paragraph>{t.rich("verify-account.text", { loginId: content.loginId, site: site.name, strong })}</Paragraph>
      <Paragraph>{t("verify-account.instruction")}</Paragraph>
      <Action link={content} label={t("verify-account.button")} writer={writer} />
      <Paragraph muted>{t("verify-account.notYou")}</Paragraph>
    </Layout>
  );
}

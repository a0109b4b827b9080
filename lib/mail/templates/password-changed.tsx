import type { MailWriter } from "@/lib/mail/writer";
import { Layout } from "./layout";
import { Paragraph, strong } from "./paragraph";

type Props = { content: { loginId: string; changedAt: Date }; writer: MailWriter };

/** To a user whose password is another now. */
export function PasswordChanged({ content, writer }: Props) {
  const { t, site, moment } = writer;
  return (
    <Layout
      writer={writer}
      title={t("password-changed.title")}
      preheader={t("password-changed.preheader", { site: site.name })}
    >
      <Paragraph>
        {t.rich("password-changed.text", {
          loginId: content.loginId,
          site: site.name,
          moment: moment(content.changedAt),
          strong,
        })}
      </Paragraph>
      <Paragraph>{t("password-changed.you")}</Paragraph>
      <Paragraph>{t.rich("password-changed.notYou", { site: site.name, strong })}</Paragraph>
    </Layout>
  );
}

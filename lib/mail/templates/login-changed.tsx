import type { MailWriter } from "@/lib/mail/writer";
import { Layout } from "./layout";
import { Paragraph, strong } from "./paragraph";

type Props = { content: { newLoginId: string; changedAt: Date }; writer: MailWriter };

/** To the old address of a user. A new password does not help here: it would go to the new address. */
export function LoginChanged({ content, writer }: Props) {
  const { t, site, moment } = writer;
  return (
    <Layout
      writer={writer}
      title={t("login-changed.title")}
      preheader={t("login-changed.preheader", { site: site.name })}
    >
      <Paragraph>
        {t.rich("login-changed.text", {
          newLoginId: content.newLoginId,
          site: site.name,
          moment: moment(content.changedAt),
          strong,
        })}
      </Paragraph>
      <Paragraph>{t("login-changed.you")}</Paragraph>
      <Paragraph>{t.rich("login-changed.notYou", { site: site.name, strong })}</Paragraph>
    </Layout>
  );
}

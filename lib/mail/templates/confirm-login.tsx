import type { MailLink } from "@/lib/mail/content";
import type { MailWriter } from "@/lib/mail/writer";
import { Action } from "./action";
import { Layout } from "./layout";
import { Paragraph, strong } from "./paragraph";

type Props = { content: { loginId: string; newLoginId: string } & MailLink; writer: MailWriter };

/** To the new address of a user, which counts only once it is confirmed. */
export function ConfirmLogin({ content, writer }: Props) {
  const { t, site } = writer;
  return (
    <Layout
      writer={writer}
      title={t("confirm-login.title")}
      preheader={t("confirm-login.preheader", { site: site.name })}
    >
      <Paragraph>
        {t.rich("confirm-login.text", {
          loginId: content.loginId,
          newLoginId: content.newLoginId,
          site: site.name,
          strong,
        })}
      </Paragraph>
      <Paragraph>{t("confirm-login.instruction")}</Paragraph>
      <Action link={content} label={t("confirm-login.button")} writer={writer} />
      <Paragraph muted>{t("confirm-login.notYou")}</Paragraph>
    </Layout>
  );
}

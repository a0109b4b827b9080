import type { AccountLocked as Content } from "@/lib/mail/content";
import type { MailWriter } from "@/lib/mail/writer";
import { Layout } from "./layout";
import { Paragraph, strong } from "./paragraph";

/** To the owner of an account that nobody can sign in to for a while. */
export function AccountLocked({ content, writer }: { content: Content; writer: MailWriter }) {
  const { t, site, moment, duration } = writer;
  const { loginId, attempts, lockedAt, lockoutMinutes, remedy } = content;
  return (
    <Layout
      writer={writer}
      title={t("account-locked.title")}
      preheader={t("account-locked.preheader", { site: site.name })}
    >
      <Paragraph>
        {t.rich("account-locked.text", {
          loginId,
          attempts,
          site: site.name,
          moment: moment(lockedAt),
          duration: duration(lockoutMinutes),
          strong,
        })}
      </Paragraph>
      <Paragraph>{t("account-locked.safe")}</Paragraph>
      <Paragraph>{t(`account-locked.you.${remedy}`)}</Paragraph>
      <Paragraph>{t("account-locked.notYou")}</Paragraph>
    </Layout>
  );
}

import { useFormatter, useTranslations } from "next-intl";
import { Card } from "@/components/ui/card";
import type { StoredMail } from "@/lib/mail/mailbox";

export const MOMENT = {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
} as const;

/** Links open a page of their own: the frame around the mail is not a place to log in. */
function withLinksOutside(html: string): string {
  const base = '<base target="_blank">';
  const head = /<head(\s[^>]*)?>/i;
  return head.test(html) ? html.replace(head, `$&${base}`) : base + html;
}

/** A mail as its recipient sees it, and as one without HTML does. Nothing in it is trusted: the frame runs no scripts. */
export function OpenedMail({ mail }: { mail: StoredMail }) {
  const t = useTranslations("mailbox");
  const format = useFormatter();
  return (
    <Card className="p-4 md:p-5">
      <h2 className="text-lg font-semibold wrap-anywhere">{mail.subject}</h2>
      <dl className="mt-2 mb-4 grid grid-cols-[auto_1fr] gap-x-3 text-sm">
        <dt className="text-muted-foreground">{t("to")}</dt>
        <dd className="wrap-anywhere">{mail.to}</dd>
        <dt className="text-muted-foreground">{t("time")}</dt>
        <dd>
          <time dateTime={mail.sentAt.toISOString()}>{format.dateTime(mail.sentAt, MOMENT)}</time>
        </dd>
      </dl>
      <iframe
        title={t("html")}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        srcDoc={withLinksOutside(mail.html)}
        className="h-[36rem] w-full rounded-md border bg-white"
      />
      <h3 className="mt-5 mb-2 font-medium">{t("text")}</h3>
      <pre className="rounded-md border bg-muted p-3 text-sm whitespace-pre-wrap wrap-anywhere">{mail.text}</pre>
    </Card>
  );
}

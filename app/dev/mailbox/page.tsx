import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { getFormatter, getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { Nothing } from "@/components/access/nothing";
import { AppShell } from "@/components/layout/app-shell";
import { PageHeader } from "@/components/layout/page-header";
import { Alert } from "@/components/ui/alert";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { cn } from "@/components/ui/cn";
import { currentPrincipal } from "@/lib/auth/current";
import { markPublic } from "@/lib/auth/guards";
import { config } from "@/lib/config/env";
import { listMails, type StoredMail } from "@/lib/mail/mailbox";
import { deleteAll } from "./actions";
import { MOMENT, OpenedMail } from "./opened-mail";

markPublic("the mailbox of the developer, which production does not have");

const PATH = "/dev/mailbox";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("mailbox"))("title") };
}

async function MailList({ mails, opened }: { mails: StoredMail[]; opened: StoredMail | undefined }) {
  const t = await getTranslations("mailbox");
  const format = await getFormatter();
  if (mails.length === 0) return <Nothing title={t("emptyTitle")} text={t("emptyText")} />;
  return (
    <ul className="divide-y">
      {mails.map((mail) => (
        <li key={mail.id}>
          <Link
            href={`${PATH}?mail=${mail.id}`}
            aria-current={mail === opened ? "true" : undefined}
            className="block px-4 py-3 hover:bg-muted aria-[current]:bg-primary-soft"
          >
            <span className="block font-medium wrap-anywhere">{mail.subject}</span>
            <span className="block text-sm wrap-anywhere">{mail.to}</span>
            <time dateTime={mail.sentAt.toISOString()} className="block text-sm text-muted-foreground">
              {format.dateTime(mail.sentAt, MOMENT)}
            </time>
          </Link>
        </li>
      ))}
    </ul>
  );
}

export default async function MailboxPage({ searchParams }: PageProps<"/dev/mailbox">) {
  const { isProduction, mailEnabled, MAIL_TRANSPORT } = config();
  if (isProduction) notFound();
  const { mail: wanted } = await searchParams;
  const mails = await listMails();
  // Looked for among those that are there, so that no address becomes a path.
  const opened = mails.find(({ id }) => id === wanted);
  const t = await getTranslations("mailbox");
  return (
    <AppShell principal={await currentPrincipal()} here={PATH} setPreference={setPreference}>
      <PageHeader title={t("title")} intro={mailEnabled && MAIL_TRANSPORT === "outbox" ? t("intro") : t("unused")}>
        <div className="flex flex-wrap gap-2">
          {/* Plain links: the router would show what it has kept. */}
          <a href={opened ? `${PATH}?mail=${opened.id}` : PATH} className={buttonClass({ variant: "outline" })}>
            {t("refresh")}
          </a>
          {mails.length > 0 && (
            <form action={deleteAll}>
              <Button type="submit" variant="danger">
                {t("deleteAll")}
              </Button>
            </form>
          )}
        </div>
      </PageHeader>
      {wanted !== undefined && !opened && (
        <Alert kind="status" className="mb-4">
          {t("gone")}
        </Alert>
      )}
      <div className={cn("grid items-start gap-4", opened && "lg:grid-cols-[20rem_1fr]")}>
        {/* A phone shows one at a time. */}
        <Card className={cn("overflow-hidden", opened && "hidden lg:block")}>
          <MailList mails={mails} opened={opened} />
        </Card>
        {opened && (
          <div className="min-w-0">
            <a href={PATH} className="mb-3 inline-block text-sm underline lg:hidden">
              {t("back")}
            </a>
            <OpenedMail mail={opened} />
          </div>
        )}
      </div>
    </AppShell>
  );
}

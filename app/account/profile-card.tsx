import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { FormSection } from "@/components/form/form-section";
import { buttonClass } from "@/components/ui/button";
import { hasPasswordHere } from "@/lib/auth/domains";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { config } from "@/lib/config/env";

/** Where mail is sent, people change their address themselves, unless a directory or a provider knows them by it. */
export async function ProfileCard({ loginId }: { loginId: string }) {
  const { LOGIN_ID, mailEnabled } = config();
  const mayChange = mailEnabled && hasPasswordHere(canonicalLoginId(loginId));
  const t = await getTranslations("account.profile");
  const tLogin = await getTranslations("login");
  return (
    <FormSection title={t("title")}>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <dl className="min-w-0">
          <dt className="text-sm text-muted-foreground">{tLogin(LOGIN_ID)}</dt>
          <dd className="font-medium break-all">{loginId}</dd>
        </dl>
        {mayChange && (
          <Link href="/account/email" aria-label={t("changeNamed")} className={buttonClass({ variant: "outline" })}>
            {t("change")}
          </Link>
        )}
      </div>
      {!mayChange && <p className="text-sm text-muted-foreground">{t("administrator")}</p>}
    </FormSection>
  );
}

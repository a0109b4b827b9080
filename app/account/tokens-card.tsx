import Link from "next/link";
import { useFormatter, useTranslations } from "next-intl";
import { Cell, DATE_TIME } from "@/components/data-table/cell";
import { FormSection } from "@/components/form/form-section";
import { Button, buttonClass } from "@/components/ui/button";
import type { OwnToken } from "@/lib/access-tokens/service";
import { revokeToken } from "./tokens/actions";

function TokenItem({ token }: { token: OwnToken }) {
  const t = useTranslations("account.tokens");
  const format = useFormatter();
  const { id, createdAt, lastUsedAt, expiresAt } = token;
  const name = token.name ?? t("unnamed");
  const facts = { createdAt, lastUsedAt, expiresAt };
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 py-4 first:pt-0 last:pb-0">
      <div className="min-w-0">
        <p className="font-medium wrap-anywhere">{name}</p>
        <dl className="mt-1.5 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-sm">
          {(["createdAt", "lastUsedAt", "expiresAt"] as const).map((fact) => (
            <div key={fact} className="contents">
              <dt className="text-muted-foreground">{t(fact)}</dt>
              <dd className="min-w-0 break-words">
                {facts[fact] ? <Cell kind="dateTime" value={facts[fact]} /> : t("never")}
              </dd>
            </div>
          ))}
        </dl>
      </div>
      <form action={revokeToken}>
        <input type="hidden" name="tokenId" value={id} />
        <Button
          type="submit"
          variant="outline"
          aria-label={t("revokeNamed", { name, time: format.dateTime(createdAt, DATE_TIME) })}
        >
          {t("revoke")}
        </Button>
      </form>
    </li>
  );
}

/** The tokens by which programs act for somebody. */
export function TokensCard({ tokens }: { tokens: OwnToken[] }) {
  const t = useTranslations("account.tokens");
  return (
    <FormSection title={t("title")} text={t("text")}>
      {tokens.length === 0 ? (
        <p className="text-sm text-muted-foreground">{t("none")}</p>
      ) : (
        <ul className="divide-y">
          {tokens.map((token) => (
            <TokenItem key={token.id} token={token} />
          ))}
        </ul>
      )}
      <div>
        <Link href="/account/tokens" className={buttonClass({ variant: "outline" })}>
          {t("new")}
        </Link>
      </div>
    </FormSection>
  );
}

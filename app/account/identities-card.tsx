import { useFormatter, useTranslations } from "next-intl";
import { ProviderButton } from "@/app/(auth)/login/provider-button";
import { DATE_TIME } from "@/components/data-table/cell";
import { FormSection } from "@/components/form/form-section";
import { Button } from "@/components/ui/button";
import type { OwnIdentity, Provider } from "@/lib/identities/service";
import { disconnect } from "./actions";

type IdentitiesCardProps = { identities: OwnIdentity[]; providers: Provider[] };

function IdentityItem({ identity, label }: { identity: OwnIdentity; label: string }) {
  const t = useTranslations("account.identities");
  const format = useFormatter();
  const { issuer, subject, connectedAt } = identity;
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0">
        <p className="font-medium wrap-anywhere">{label}</p>
        <p className="text-sm text-muted-foreground">{t("since", { time: format.dateTime(connectedAt, DATE_TIME) })}</p>
      </div>
      <form action={disconnect}>
        <input type="hidden" name="issuer" value={issuer} />
        <input type="hidden" name="subject" value={subject} />
        <Button type="submit" variant="outline" aria-label={t("disconnectNamed", { name: label })}>
          {t("disconnect")}
        </Button>
      </form>
    </li>
  );
}

/** The identity providers by which somebody comes in, or could; nothing where there are none. */
export function IdentitiesCard({ identities, providers }: IdentitiesCardProps) {
  const t = useTranslations("account.identities");
  if (identities.length + providers.length === 0) return null;
  const labelOf = (name: string) => providers.find((provider) => provider.name === name)?.label ?? name;
  const offered = providers.filter(({ name }) => !identities.some(({ provider }) => provider === name));
  return (
    <FormSection title={t("title")} text={t("text")}>
      {identities.length > 0 && (
        <ul className="divide-y">
          {identities.map((identity) => (
            <IdentityItem
              key={`${identity.issuer} ${identity.subject}`}
              identity={identity}
              label={labelOf(identity.provider)}
            />
          ))}
        </ul>
      )}
      {offered.length > 0 && (
        <div className="flex flex-wrap gap-2">
          {offered.map(({ name, label }) => (
            <ProviderButton
              key={name}
              name={name}
              next="/account"
              label={t("connect", { name: label })}
              purpose="connect"
            />
          ))}
        </div>
      )}
    </FormSection>
  );
}

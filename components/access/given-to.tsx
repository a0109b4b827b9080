import { useTranslations } from "next-intl";
import { Card } from "@/components/ui/card";
import type { Container, GivenTo as GivenToData } from "@/lib/access/given-to";
import { type CanOpen, NamedLink } from "./source-list";

/** More than this many push the users off the first screen. */
const SHOWN = 12;

type Part = { entity: keyof GivenToData; given: Container[]; canOpen: CanOpen };

function Names({ entity, given, canOpen }: Part) {
  const t = useTranslations("access");
  const users = ({ users: count, usersIsEstimate }: Container) => {
    if (entity === "groups") return usersIsEstimate ? t("memberCountMore", { count }) : t("memberCount", { count });
    return usersIsEstimate ? t("ownerCountMore", { count }) : t("ownerCount", { count });
  };
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1">
      {given.map((entry) => (
        <li key={entry.id}>
          <NamedLink entity={entity} named={entry} canOpen={canOpen} />{" "}
          <span className="text-muted-foreground">({users(entry)})</span>
        </li>
      ))}
    </ul>
  );
}

function Part({ entity, given, canOpen }: Part) {
  const t = useTranslations("access");
  if (given.length === 0) return null;
  const rest = given.slice(SHOWN);
  return (
    <section>
      <h2 className="mb-1 font-medium">{entity === "groups" ? t("inGroups") : t("inBundles")}</h2>
      <Names entity={entity} given={given.slice(0, SHOWN)} canOpen={canOpen} />
      {rest.length > 0 && (
        <details className="mt-1">
          <summary className="inline-flex min-h-8 items-center rounded-md px-2 font-medium hover:bg-muted">
            {t("more", { count: rest.length })}
          </summary>
          <Names entity={entity} given={rest} canOpen={canOpen} />
        </details>
      )}
    </section>
  );
}

/** The groups and bundles that contain something; nothing at all where none does. */
export function GivenTo({ givenTo, canOpen }: { givenTo: GivenToData; canOpen: CanOpen }) {
  if (givenTo.groups.length + givenTo.bundles.length === 0) return null;
  return (
    <Card className="mb-4 grid gap-4 p-4 text-sm">
      <Part entity="groups" given={givenTo.groups} canOpen={canOpen} />
      <Part entity="bundles" given={givenTo.bundles} canOpen={canOpen} />
    </Card>
  );
}

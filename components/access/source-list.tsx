import Link from "next/link";
import { useFormatter, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import type { Named, Source } from "@/lib/access/source";
import { useWayName } from "./way-name";

/** Which pages the reader may open; names lead nowhere otherwise. */
export type CanOpen = { groups: boolean; bundles: boolean };

type Entity = keyof CanOpen;

const NAME = "inline-block min-h-6 leading-6 font-medium wrap-anywhere";

export function NamedLink({ entity, named, canOpen }: { entity: Entity; named: Named; canOpen: CanOpen }) {
  if (!canOpen[entity]) return <span className={NAME}>{named.name}</span>;
  return (
    <Link href={`/admin/${entity}/${named.id}/edit`} prefetch={false} className={`${NAME} text-primary underline`}>
      {named.name}
    </Link>
  );
}

function SourceText({ source, canOpen }: { source: Source; canOpen: CanOpen }): ReactNode {
  const t = useTranslations("access");
  const link = (entity: Entity, named: Named) => () => <NamedLink entity={entity} named={named} canOpen={canOpen} />;
  switch (source.kind) {
    case "direct":
      return t("direct");
    case "superuser":
      return t("superuser");
    case "bundle":
      return t.rich("bundle", { bundleName: source.bundle.name, bundle: link("bundles", source.bundle) });
    case "group":
      return t.rich("group", { groupName: source.group.name, group: link("groups", source.group) });
    case "groupBundle":
      return t.rich("groupBundle", {
        groupName: source.group.name,
        bundleName: source.bundle.name,
        group: link("groups", source.group),
        bundle: link("bundles", source.bundle),
      });
  }
}

const keyOf = (source: Source) =>
  [source.kind, "group" in source && source.group.id, "bundle" in source && source.bundle.id].join();

/** Who has made the link, where that was nobody here. */
function MadeBy({ ways }: { ways: string[] }): ReactNode {
  const t = useTranslations("access");
  const format = useFormatter();
  const wayName = useWayName();
  return <> {t("madeBy", { ways: format.list(ways.map(wayName)) })}</>;
}

/** Everything that gives somebody a permission, a bundle or a group. */
export function SourceList({ sources, canOpen }: { sources: Source[]; canOpen: CanOpen }) {
  return (
    <ul className="flex flex-wrap gap-1.5">
      {sources.map((source) => (
        <li key={keyOf(source)} className="flex max-w-full">
          <Badge tone={source.kind === "superuser" ? "accent" : "neutral"} className="max-w-full">
            {/* One element: as items of a flex box the parts would lose the blanks between them. */}
            <span className="min-w-0 leading-6">
              <SourceText source={source} canOpen={canOpen} />
              {source.madeBy && <MadeBy ways={source.madeBy} />}
            </span>
          </Badge>
        </li>
      ))}
    </ul>
  );
}

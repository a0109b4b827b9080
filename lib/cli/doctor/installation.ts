import { inArray, sql } from "drizzle-orm";
import { primaryAuthenticator } from "@/lib/auth/authenticators/registry";
import { findProfile } from "@/lib/auth/oidc/profiles";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import { canonicalName } from "@/lib/crud/name";
import { faultOf as databaseFault } from "@/lib/db/client";
import { pendingMigrations } from "@/lib/db/migrate";
import { isPoolerRefusal } from "@/lib/db/pooler";
import { groups } from "@/lib/db/schema/access";
import { chooseTransport } from "@/lib/mail/transports/choose";
import { type Finding, ok, warning, wrong } from "./finding";

/** What the app needs before anybody can sign in: database, migrations, a way in, mail, and the groups of the group maps. */

/** The database; the rest is asked only if it answers. */
export async function checkDatabase(context: () => Promise<Context>): Promise<Finding[]> {
  try {
    const { db } = await context();
    const { rows } = await db.execute<{ server: string }>(sql`select current_setting('server_version') as server`);
    const pending = await pendingMigrations(db);
    return [
      ok("database", { version: rows[0]?.server ?? "" }),
      pending === 0 ? ok("migrated") : wrong("pending", { count: pending }),
    ];
  } catch (error) {
    return [isPoolerRefusal(error) ? wrong("poolerRefuses") : wrong("noDatabase", { reason: databaseFault(error) })];
  }
}

/** How /login lets people in; where it leads on to a profile, that has to be there. */
export function checkAuthenticator(): Finding[] {
  const primary = primaryAuthenticator();
  const found = [ok("authenticator", { name: primary.name })];
  const target = primary.kind === "redirect" ? primary.target() : "";
  const [, profile] = /^\/login\/([^/?#]+)/.exec(target) ?? [];
  return profile === undefined || findProfile(profile) ? found : [...found, wrong("redirectNowhere", { target })];
}

/** Whether mails have somewhere to go; nothing is sent. */
export async function checkMail(): Promise<Finding[]> {
  const { isProduction, mailEnabled, MAIL_FROM } = config();
  if (!mailEnabled) return [ok("noMail")];
  const transport = await chooseTransport();
  if (!transport) return [wrong("noTransport")];
  transport.close();
  const isUnreachable = isProduction && /@localhost>?$/.test(MAIL_FROM);
  return [
    ok("mail", { transport: transport.name, from: MAIL_FROM }),
    ...(isUnreachable ? [warning("mailFrom", { from: MAIL_FROM })] : []),
  ];
}

/** Whether the groups that directories and providers put people into exist. */
export async function checkGroupMaps({ db }: Context): Promise<Finding[]> {
  const { LDAP_GROUP_MAP, LOGIN_AUTHENTICATOR, OIDC_PROFILES } = config();
  const maps: [source: string, map: Record<string, string[]>][] = [
    ...(LOGIN_AUTHENTICATOR === "ldap" ? [["LDAP_GROUP_MAP", LDAP_GROUP_MAP] as [string, typeof LDAP_GROUP_MAP]] : []),
    ...OIDC_PROFILES.map(({ name, groupMap }): [string, typeof groupMap] => [`OIDC_PROFILES ${name}`, groupMap]),
  ];
  const named = maps.flatMap(([source, map]) =>
    [...new Set(Object.values(map).flat())].map((group) => ({ source, group, canonical: canonicalName(group) })),
  );
  if (named.length === 0) return [];
  const there = await db
    .select({ canonical: groups.nameCanonical })
    .from(groups)
    .where(inArray(groups.nameCanonical, [...new Set(named.map(({ canonical }) => canonical))]));
  const missing = named.filter(({ canonical }) => !there.some((group) => group.canonical === canonical));
  return missing.length === 0
    ? [ok("groups")]
    : missing.map(({ source, group }) => wrong("noGroup", { source, group }));
}

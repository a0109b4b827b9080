import { type Isolated, startIsolated } from "@/e2e/support/isolated";
import { freePort } from "@/e2e/support/process";
import { type IdentityProvider, issuerOn, type ProviderOptions, profileOn, startIdentityProvider } from "./provider";
import { type Visitor, visitor } from "./visitor";

/** Keys of a profile, and where its issuer is: `written` is the path that the profile has where that is another one. */
export type ProfileSettings = Record<string, unknown> & { path?: string; written?: string };

/** A production server whose people can come in by real identity providers. */
export type ProviderSite<Name extends string> = Isolated & { providers: Record<Name, IdentityProvider> };

/**
 * Starts a server and its identity providers.
 * @param name a word for the database
 * @param alsoAt other addresses to which the providers may lead back
 */
export async function startWithProviders<Name extends string>(
  name: string,
  profiles: Record<Name, ProfileSettings>,
  settings: Record<string, string> = {},
  alsoAt: string[] = [],
): Promise<ProviderSite<Name>> {
  const names = Object.keys(profiles) as Name[];
  const ports = new Map<Name, number>();
  for (const each of names) ports.set(each, await freePort());
  const portOf = (each: Name) => ports.get(each) ?? 0;
  const written = names.map((each) => {
    const { path = "", written: issuerPath = path, ...profile } = profiles[each];
    const { client, ...rest } = profileOn(portOf(each), each, profile);
    return { ...rest, client: { ...client, issuer: issuerOn(portOf(each), issuerPath) } };
  });
  const site = await startIsolated(name, {
    OIDC_PROFILES: JSON.stringify(written),
    SMTP_URL: "smtp://127.0.0.1:1",
    ...settings,
  });
  const optionsOf = (each: Name): ProviderOptions => ({
    port: portOf(each),
    name: each,
    path: profiles[each].path ?? "",
    redirectUris: [site.url, ...alsoAt].map((url) => `${url}/api/auth/callback/${each}`),
  });
  const started = await Promise.all(names.map(async (each) => [each, await startIdentityProvider(optionsOf(each))]));
  const providers = Object.fromEntries(started) as Record<Name, IdentityProvider>;
  const end = async () => {
    await Promise.all(names.map((each) => providers[each].stop()));
    await site.end();
  };
  return { ...site, providers, end };
}

/** The `Cookie` header by which a visitor is known on the site. */
export const cookiesOf = (who: Visitor): string =>
  [...(who.cookies.get("localhost") ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");

/** Somebody who holds these cookies of the site, such as a session that was begun in another way. */
export function visitorWith(cookie: string): Visitor {
  const who = visitor();
  const pairs = cookie.split("; ").map((pair): [string, string] => {
    const [name = "", ...value] = pair.split("=");
    return [name, value.join("=")];
  });
  who.cookies.set("localhost", new Map(pairs));
  return who;
}

export const isIn = (who: Visitor): boolean => who.cookies.get("localhost")?.has("gatehouse-session") === true;

/** Whose session a visitor has; undefined if none. */
export async function loginOf(who: Visitor, app: string): Promise<string | undefined> {
  const { status, text } = await who.send(`${app}/api/me`);
  return status === 200 ? (JSON.parse(text) as { user: { loginId: string } }).user.loginId : undefined;
}

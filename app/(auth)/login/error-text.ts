import { getTranslations } from "next-intl/server";
import { findProfile, labelOf } from "@/lib/auth/oidc/profiles";

type Query = Record<string, string | string[] | undefined>;

/** Why a provider has let nobody in, in the words for the provider of that name. */
async function providerText(error: string, provider: unknown): Promise<string | undefined> {
  const profile = typeof provider === "string" ? findProfile(provider) : undefined;
  if (!profile) return undefined;
  const t = await getTranslations("login.provider.errors");
  const key = error as "failed";
  return t(t.has(key) ? key : "failed", { name: labelOf(profile) });
}

/** Why Auth.js sent the browser back: a refusal of ours by its code, anything else is a fault. */
function reasonOf(error: string, code: unknown) {
  if (error !== "CredentialsSignin") return "unavailable";
  return code === "disabled" || code === "unverified" ? code : "invalid";
}

/** The sentence for the `error` with which a browser was sent to /login; undefined if there is none. */
export async function errorText({ error, code, with: provider }: Query): Promise<string | undefined> {
  if (typeof error !== "string") return undefined;
  const ofProvider = await providerText(error, provider);
  if (ofProvider) return ofProvider;
  const reason = reasonOf(error, code);
  // Nobody knows here what was typed there.
  if (reason === "unverified") return (await getTranslations("login.provider.errors"))("unverified");
  return (await getTranslations("login.errors"))(reason);
}

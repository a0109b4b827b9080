import { and, eq } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/record";
import { type Account, createAccount, findAccount, findAccountByLogin, refusalOf } from "@/lib/auth/accounts";
import { isInDomainOf, keepsPasswords, mayComeBy } from "@/lib/auth/domains";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { selfOf } from "@/lib/auth/self";
import type { VerifiedUser } from "@/lib/auth/sign-in";
import type { OidcProfile } from "@/lib/config/variables";
import { type Context, inTransaction } from "@/lib/context";
import { accounts } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { announce } from "@/lib/events/announce";
import { logOf } from "@/lib/log/log";
import { type ClaimedLogin, type Claims, claimedLogin, mappedGroups } from "./claims";

const log = logOf("oidc");

/**
 * Whose account an identity at a provider is. An identity is the pair of issuer and subject (OpenID Connect Core §5.7): it
 * stays with its account whatever becomes of the address that first led there.
 */

export type IdentityRefusal =
  /** The provider gives no address, or one that it has not verified. */
  | "noEmail"
  /** The address is not one that may come in by this profile. */
  | "notAllowed"
  /** Nobody here has the address. */
  | "noAccount"
  | "disabled"
  | "unverified"
  /** The identity belongs to another account here. */
  | "taken";

export type IdentityOutcome = { ok: true; user: VerifiedUser } | { ok: false; reason: IdentityRefusal };

const refused = (reason: IdentityRefusal) => ({ ok: false, reason }) as const;

const isOf = ({ iss, sub }: Claims) => and(eq(accounts.issuer, iss), eq(accounts.subject, sub));

/** The account that the identity is connected with. */
async function connectedAccount(ctx: Context, claims: Claims): Promise<Account | undefined> {
  const [identity] = await ctx.db.select({ userId: accounts.userId }).from(accounts).where(isOf(claims));
  return identity && findAccount(ctx, eq(users.id, identity.userId));
}

/**
 * Connects the identity with an account, unless it is connected already.
 * @returns whether it is this account's now
 */
async function connect(ctx: Context, profile: OidcProfile, claims: Claims, account: { id: string; loginId: string }) {
  return inTransaction(ctx, async (tx) => {
    const [connected] = await tx.db
      .insert(accounts)
      .values({ issuer: claims.iss, subject: claims.sub, userId: account.id, provider: profile.name })
      .onConflictDoNothing()
      .returning({ userId: accounts.userId });
    if (!connected) {
      const [present] = await tx.db.select({ userId: accounts.userId }).from(accounts).where(isOf(claims));
      return present?.userId === account.id;
    }
    await recordAudit(tx, {
      action: "connect",
      entity: "users",
      entityId: account.id,
      entityLabel: account.loginId,
      changes: { provider: { from: null, to: profile.name }, subject: { from: null, to: claims.sub } },
      by: account,
    });
    return true;
  });
}

/** Whether the profile's domains leave somebody out. Without an address nobody knows, so that nobody comes in. */
const isOutside = (profile: OidcProfile, claimed: ClaimedLogin | undefined) =>
  profile.domainFilter.length > 0 && !(claimed && isInDomainOf(profile, claimed.loginId));

async function firstAccount(ctx: Context, profile: OidcProfile, { loginId, isVouchedFor }: ClaimedLogin) {
  const known = await findAccountByLogin(ctx, loginId);
  if (known || !profile.autoCreate || !isVouchedFor) return known;
  return createAccount(ctx, loginId, profile.name);
}

function admitted(profile: OidcProfile, claims: Claims, account: Account): IdentityOutcome {
  if (!mayComeBy(profile, account.loginIdCanonical)) return refused("notAllowed");
  // A profile answers for the addresses of its own domains; others have their mail verified here, where there is a password
  // to set with it: whoever had one could otherwise have made the account in somebody else's name.
  const vouches = isInDomainOf(profile, account.loginIdCanonical) || !keepsPasswords();
  const reason = refusalOf(account, vouches);
  if (reason) return refused(reason);
  const groups = mappedGroups(profile, claims);
  return { ok: true, user: { id: account.id, loginId: account.loginId, vouches, ...(groups && { groups }) } };
}

async function judge(
  ctx: Context,
  profile: OidcProfile,
  claims: Claims,
  claimed: ClaimedLogin | undefined,
): Promise<IdentityOutcome> {
  const connected = await connectedAccount(ctx, claims);
  if (isOutside(profile, claimed)) return refused(claimed ? "notAllowed" : "noEmail");
  if (connected) return admitted(profile, claims, connected);
  if (!claimed) return refused("noEmail");
  if (!mayComeBy(profile, claimed.loginId)) return refused("notAllowed");
  if (!claimed.isVouchedFor) return refused("noEmail");
  const account = await firstAccount(ctx, profile, claimed);
  if (!account) return refused("noAccount");
  const outcome = admitted(profile, claims, account);
  if (!outcome.ok || (await connect(ctx, profile, claims, account))) return outcome;
  // Somebody has connected the identity elsewhere in this very moment.
  return refused("taken");
}

/**
 * Decides whether an identity may sign in, and as whom. The first time it is connected with the account that has its
 * verified address as login id, or with a new one where the profile says so.
 */
export async function signInByIdentity(ctx: Context, profile: OidcProfile, claims: Claims): Promise<IdentityOutcome> {
  const claimed = claimedLogin(profile, claims);
  const outcome = await judge(ctx, profile, claims, claimed);
  if (!outcome.ok) {
    const refusal = { provider: profile.name, reason: outcome.reason };
    log.warn("sign-in refused", refusal);
    announce(ctx, "signInFailed", { loginId: claimed?.loginId ?? null, ...refusal });
  }
  return outcome;
}

/**
 * Connects an identity with the account of the actor, who has asked for it while signed in.
 * @returns why not; undefined once it is connected
 * @throws Forbidden if no user acts
 */
export async function connectIdentity(
  ctx: Context,
  profile: OidcProfile,
  claims: Claims,
): Promise<IdentityRefusal | undefined> {
  const self = selfOf(ctx);
  const claimed = claimedLogin(profile, claims);
  if (isOutside(profile, claimed)) return claimed ? "notAllowed" : "noEmail";
  if (!mayComeBy(profile, canonicalLoginId(self.loginId))) return "notAllowed";
  return (await connect(ctx, profile, claims, { id: self.userId, loginId: self.loginId })) ? undefined : "taken";
}

import { and, asc, eq, ne } from "drizzle-orm";
import { recordAudit } from "@/lib/audit/record";
import { credentialsAuthenticator } from "@/lib/auth/authenticators/registry";
import { isReservedLoginId, keepsPasswords, mayComeBy } from "@/lib/auth/domains";
import { canonicalLoginId } from "@/lib/auth/login-id";
import { findProfile, labelOf } from "@/lib/auth/oidc/profiles";
import { signedInSelfOf } from "@/lib/auth/self";
import { config } from "@/lib/config/env";
import { type Context, inTransaction } from "@/lib/context";
import { accounts, sessions } from "@/lib/db/schema/auth";
import { users } from "@/lib/db/schema/users";
import { Forbidden, NotFound } from "@/lib/errors";
import { hasOwnPassword } from "@/lib/users/own-password";

/** What people do with the identities at providers that their account is connected with. */

export type OwnIdentity = {
  issuer: string;
  subject: string;
  /** Name of the profile; one that is not configured any more lets nobody in. */
  provider: string;
  connectedAt: Date;
};

/**
 * The identities of the actor, those connected first in front.
 * @throws Forbidden if no user acts
 */
export function ownIdentities(ctx: Context): Promise<OwnIdentity[]> {
  const { issuer, subject, provider, createdAt: connectedAt } = accounts;
  return ctx.db
    .select({ issuer, subject, provider, connectedAt })
    .from(accounts)
    .where(eq(accounts.userId, signedInSelfOf(ctx).userId))
    .orderBy(asc(accounts.createdAt), asc(accounts.issuer), asc(accounts.subject));
}

export type Provider = { name: string; label: string };

const providerOf = (profile: Parameters<typeof labelOf>[0]): Provider => ({
  name: profile.name,
  label: labelOf(profile),
});

/**
 * The providers by which the actor may come in, connected or not.
 * @throws Forbidden if no user acts
 */
export function ownProviders(ctx: Context): Provider[] {
  const loginId = canonicalLoginId(signedInSelfOf(ctx).loginId);
  return config()
    .OIDC_PROFILES.filter((profile) => mayComeBy(profile, loginId))
    .map(providerOf);
}

/** How the actor can prove once more who they are. */
export type OwnWays = {
  /** Whether the login form takes a password of theirs. */
  hasForm: boolean;
  providers: Provider[];
};

/**
 * The ways in that are open to the actor now.
 * @throws Forbidden if no user acts
 */
export async function ownWays(ctx: Context): Promise<OwnWays> {
  const form = credentialsAuthenticator();
  const isElsewhere = isReservedLoginId(canonicalLoginId(signedInSelfOf(ctx).loginId));
  const hasForm = keepsPasswords() ? await hasOwnPassword(ctx) : form !== undefined && !isElsewhere;
  const identities = await ownIdentities(ctx);
  const isConnected = ({ name }: Provider) => identities.some(({ provider }) => provider === name);
  // The profile of their domain connects by itself.
  return { hasForm, providers: ownProviders(ctx).filter((provider) => isElsewhere || isConnected(provider)) };
}

/**
 * Forgets an identity of the actor, and ends the other sessions that have begun by its provider.
 * @returns what people call the provider
 * @throws NotFound if the actor has no such identity, Forbidden if it is the only way in, or if no user acts
 */
export async function disconnectIdentity(
  ctx: Context,
  { issuer, subject }: Pick<OwnIdentity, "issuer" | "subject">,
): Promise<string> {
  const self = signedInSelfOf(ctx);
  return inTransaction(ctx, async (tx) => {
    // Of two that disconnect the last two, one finds the other gone.
    await tx.db.select({ id: users.id }).from(users).where(eq(users.id, self.userId)).for("update");
    const [gone] = await tx.db
      .delete(accounts)
      .where(and(eq(accounts.issuer, issuer), eq(accounts.subject, subject), eq(accounts.userId, self.userId)))
      .returning({ provider: accounts.provider });
    if (!gone) throw new NotFound();
    const { hasForm, providers } = await ownWays(tx);
    if (!hasForm && providers.length === 0) throw new Forbidden("onlyWayIn");
    await tx.db
      .delete(sessions)
      .where(
        and(eq(sessions.userId, self.userId), eq(sessions.provider, gone.provider), ne(sessions.id, self.sessionId)),
      );
    await recordAudit(tx, {
      action: "disconnect",
      entity: "users",
      entityId: self.userId,
      entityLabel: self.loginId,
      changes: { provider: { from: gone.provider, to: null }, subject: { from: subject, to: null } },
    });
    return providerOf(findProfile(gone.provider) ?? { name: gone.provider }).label;
  });
}

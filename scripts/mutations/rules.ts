// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of code.

/** A rule of the app, taken out by replacing a piece of its code, and the tests that have to notice. */
export type Mutation = {
  /** What would be wrong with the app. */
  rule: string;
  file: string;
  from: string;
  to: string;
  /** Test files, or beginnings of their paths. */
  tests: string[];
};

const guards: Mutation[] = [
  {
    rule: "a page lets strangers in",
    file: "lib/auth/guards.ts",
    from: "    redirect(loginPath(sent.get(HEADER.location)));",
    to: "",
    tests: ["lib/auth/guards", "app/"],
  },
  {
    rule: "a page lets in whoever lacks the permission",
    file: "lib/auth/guards.ts",
    from: "    forbidden();",
    to: "",
    tests: ["lib/auth/guards", "app/"],
  },
  {
    rule: "a handler lets strangers in",
    file: "lib/auth/handler.ts",
    from: 'if (!principal) return (await onAuthenticationFailure?.(request)) ?? problem(401, "Unauthorized");',
    to: "",
    tests: ["lib/auth/guards", "app/"],
  },
  {
    rule: "a handler lets in whoever lacks the permission",
    file: "lib/auth/handler.ts",
    from: "if (!isAllowed(principal, need)) {",
    to: "if (false) {",
    tests: ["lib/auth/guards", "app/"],
  },
  {
    rule: "a handler takes posts of other sites",
    file: "lib/auth/handler.ts",
    from: "!isAmbient(credentials, requestLoaders) || isSameOrigin(request)",
    to: "true",
    tests: ["lib/auth/guards", "app/"],
  },
  {
    rule: "any part of a list is enough",
    file: "lib/auth/conditions.ts",
    from: "all.length > 0 && all.every(",
    to: "all.length > 0 && all.some(",
    tests: ["lib/auth/conditions"],
  },
  {
    rule: "an empty list lets everybody in",
    file: "lib/auth/conditions.ts",
    from: "all.length > 0 && ",
    to: "",
    tests: ["lib/auth/conditions"],
  },
  {
    rule: "the condition of the app is not asked",
    file: "lib/auth/allowed.ts",
    from: "if (everywhere !== null && !satisfies(principal, everywhere)) return false;",
    to: "",
    tests: ["lib/auth/allowed"],
  },
  {
    rule: "a path that is not listed is public",
    file: "lib/routes.ts",
    from: '{ allow: "signed-in" };\n}',
    to: '{ allow: "public" };\n}',
    tests: ["lib/routes"],
  },
  {
    rule: "the check of guards overlooks pages",
    file: "scripts/check-guards.ts",
    from: "if (isGuarded(page?.value, program)) return [];",
    to: "return [];",
    tests: ["scripts/check-guards"],
  },
  {
    rule: "people give what they do not hold",
    file: "lib/auth/granting.ts",
    from: "if (!held.has(token)) lacking.set(",
    to: "if (false) lacking.set(",
    tests: ["lib/users/granting"],
  },
  {
    rule: "everybody may touch superusers",
    file: "lib/users/rules.ts",
    from: 'if (touchesSuperuser(change) && !isTrusted) throw new Forbidden("superusersOnly");',
    to: "",
    tests: ["lib/users/rules"],
  },
  {
    rule: "the last superuser can go",
    file: "lib/users/rules.ts",
    from: 'if (leaves && [...staying].every((one) => one === id)) throw new Forbidden("lastSuperuser");',
    to: "",
    tests: ["lib/users/rules", "lib/users/last-superuser"],
  },
];

const sessions: Mutation[] = [
  {
    rule: "a session goes on when its user is not active",
    file: "lib/auth/session.ts",
    from: "    isActive(),\n  );",
    to: "  );",
    tests: ["lib/auth/session"],
  },
  {
    rule: "a session never ends by being idle",
    file: "lib/auth/session.ts",
    from: "gt(sessions.lastSeenAt, sql`now() - ${minutes(config().SESSION_IDLE_MINS)}`),",
    to: "",
    tests: ["lib/auth/session"],
  },
  {
    rule: "a session never expires",
    file: "lib/auth/session.ts",
    from: "gt(sessions.expiresAt, sql`now()`),",
    to: "",
    tests: ["lib/auth/session"],
  },
  {
    rule: "the cookie itself is stored",
    file: "lib/auth/session.ts",
    from: 'createHash("sha256").update(token).digest("base64url");',
    to: "token;",
    tests: ["lib/auth/session"],
  },
  {
    rule: "sessions outlive disabling and a new password",
    file: "lib/users/entity.ts",
    from: "    await endAccessAfter(tx, changes);",
    to: "",
    tests: ["lib/users/service-sessions", "lib/users/own-password"],
  },
  {
    rule: "a password that was changed in the meantime signs in",
    file: "lib/auth/session.ts",
    from: ".where(and(eq(users.id, user.id), isActive(), isUnchanged))",
    to: ".where(and(eq(users.id, user.id), isActive()))",
    tests: ["lib/auth/session"],
  },
  {
    rule: "whoever may edit users ends the sessions of superusers",
    file: "lib/users/end-access.ts",
    from: "isTrusted || !isSuperuser",
    to: "true",
    tests: ["lib/users/end-access"],
  },
  {
    rule: "access tokens outlive the sessions that an administrator ends",
    file: "lib/users/end-access.ts",
    from: ", ...(await endTokensOf(tx.db, touchedIds))",
    to: "",
    tests: ["lib/users/end-access"],
  },
];

const limiter: Mutation[] = [
  {
    rule: "there is no limit",
    file: "lib/auth/attempts/limiter.ts",
    from: "if (!config().ATTEMPT_LIMIT_ENABLED) return work(attempt.account);",
    to: "if (config().ATTEMPT_LIMIT_ENABLED) return work(attempt.account);",
    tests: ["lib/auth/attempts/limiter.test"],
  },
  {
    rule: "one more than the limit is looked at",
    file: "lib/auth/attempts/statements.ts",
    from: 'and ${taken} < ${scope === "account" ? "$4" : "$5"}',
    to: 'and ${taken} <= ${scope === "account" ? "$4" : "$5"}',
    tests: ["lib/auth/attempts/limiter-race"],
  },
  {
    rule: "open attempts hold no slot",
    file: "lib/auth/attempts/statements.ts",
    from: "then b.counted_at || b.undecided_at else b.undecided_at end) as t where t > ${since})`;",
    to: "then b.counted_at else '{}' end) as t where t > ${since})`;",
    tests: ["lib/auth/attempts/limiter.test", "lib/auth/attempts/limiter-race"],
  },
  {
    rule: "a lock is not heeded",
    file: "lib/auth/attempts/limiter.ts",
    from: "if (lockedSeconds > 0) throw new Blocked(MESSAGES[attempt.type], lockedSeconds);",
    to: "",
    tests: ["lib/auth/attempts/limiter.test"],
  },
  {
    rule: "each spelling of a login has a budget of its own",
    file: "lib/auth/attempts/attempted.ts",
    from: "canonicalLoginId(",
    to: "String(",
    tests: ["lib/auth/attempts"],
  },
  {
    rule: "every address of a network has a budget of its own",
    file: "lib/auth/request.ts",
    from: 'return `${all.slice(0, 4).join(":")}::/64`;',
    to: "return address;",
    tests: ["lib/auth/request", "lib/auth/attempts/attempted"],
  },
  {
    rule: "clients choose their address",
    file: "lib/auth/request.ts",
    from: "chain.at(Math.max(0, chain.length - 1 - proxies))",
    to: "chain.at(0)",
    tests: ["lib/auth/request.test"],
  },
  {
    rule: "the limiter failing lets people in",
    file: "lib/auth/attempts/limiter.ts",
    from: "throw error instanceof AppError ? error : new Unavailable({ cause: error });",
    to: "return undefined as T;",
    tests: ["lib/auth/attempts/limiter.test"],
  },
  {
    rule: "an attempt takes the answer to a look from before it came",
    file: "lib/auth/attempts/rounds.ts",
    from: "return round.next.result;",
    to: "return round.running;",
    tests: ["lib/auth/attempts/rounds"],
  },
];

const tokens: Mutation[] = [
  {
    rule: "a link outlives the password",
    file: "lib/auth/links.ts",
    from: '  holder.passwordHash ?? "",\n',
    to: "",
    tests: ["lib/auth/links", "lib/users/password-links"],
  },
  {
    rule: "a link outlives a sign-in",
    file: "lib/auth/links.ts",
    from: 'purpose === "confirm-login" ? "" : holder.lastLogin,',
    to: "",
    tests: ["lib/auth/links"],
  },
  {
    rule: "a link of a disabled account is good",
    file: "lib/auth/links.ts",
    from: "if (!holder.isNotDisabled) return null;",
    to: "",
    tests: ["lib/auth/links"],
  },
  {
    rule: "a link is redeemed as often as it is sent at once",
    file: "lib/users/password-links.ts",
    from: 'await holderOfLink(tx, purpose, link, "locked");',
    to: 'await holderOfLink(ctx, purpose, link, "read");',
    tests: ["lib/users/password-links"],
  },
  {
    rule: "several spellings of a token mean the same",
    file: "lib/auth/jwt.ts",
    from: " || !isCanonical(token)",
    to: "",
    tests: ["lib/auth/links", "lib/auth/access-tokens"],
  },
  {
    rule: "an access token is any token of ours",
    file: "lib/auth/access-tokens.ts",
    from: "    typ: TYPE,",
    to: "",
    tests: ["lib/auth/access-tokens"],
  },
  {
    rule: "an access token is one for something else",
    file: "lib/auth/access-tokens.ts",
    from: "    ...CLAIMS,\n    algorithms",
    to: "    algorithms",
    tests: ["lib/auth/access-tokens"],
  },
  {
    rule: "an access token never expires",
    file: "lib/auth/access-tokens.ts",
    from: "        isUnexpired(),",
    to: "",
    tests: ["lib/auth/access-tokens"],
  },
  {
    rule: "an access token outlives its account",
    file: "lib/auth/access-tokens.ts",
    from: "        isUnexpired(),\n        isActive(),",
    to: "        isUnexpired(),",
    tests: ["lib/auth/access-tokens"],
  },
  {
    rule: "access tokens outlive a new password",
    file: "lib/users/entity.ts",
    from: "  await endTokensOf(tx.db,",
    to: "  void (tx.db,",
    tests: ["lib/users/service-sessions"],
  },
  {
    rule: "a session that has ended still makes tokens",
    file: "lib/auth/access-tokens.ts",
    from: "  if (!session) throw new Forbidden();",
    to: "",
    tests: ["lib/auth/access-tokens"],
  },
  {
    rule: "a bad token is made up for by a good cookie",
    file: "lib/auth/request-loaders/bearer.ts",
    from: 'isMeant: ({ header }) => header("authorization") !== null,',
    to: 'isMeant: ({ header }) => /^Bearer .+\\..+\\..+$/.test(header("authorization") ?? ""),',
    tests: ["app/"],
  },
  {
    rule: "a weak password is taken",
    file: "lib/auth/password-policy.ts",
    from: "export async function assertPasswordAllowed(",
    to: "export async function assertPasswordAllowed(..._: unknown[]): Promise<void> {}\nasync function unused(",
    tests: ["lib/users/service-password-policy"],
  },
];

export const mutations: Mutation[] = [...guards, ...sessions, ...limiter, ...tokens];

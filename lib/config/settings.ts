/** What a cloner edits, as opposed to what an operator deploys (see env.ts). */
export const settings = {
  siteName: "Gatehouse",

  /** Where each flow lands when no other place was asked for. */
  landing: {
    afterLogin: "/",
    afterLogout: "/login",
    afterForgot: "/login",
    afterReset: "/login",
    afterVerifyAccount: "/login",
  },

  list: {
    pageSize: 25,
    pageSizes: [10, 25, 50, 100],
    /** Matching rows are counted exactly up to here; more are shown as "more than". */
    exactTotal: 10_000,
  },

  mail: {
    /** Seconds before a user may be sent the same mail again. */
    resendAfterSeconds: 60,
    /** Minutes in which the verification mail can be asked for after a refused sign-in. */
    resendTicketMinutes: 10,
    /** Seconds between two looks into the outbox when it was empty. */
    pollSeconds: 1,
    /** Bound for writing and sending one mail, whatever the mail server does. */
    sendSeconds: 30,
    /** After this long, the mail of a process that died is taken over: longer than `sendSeconds`. */
    leaseSeconds: 60,
    /** The wait after a failure doubles from the first to the longest; by chance it is longer by up to the share `jitter`. */
    retry: { firstSeconds: 15, longestSeconds: 3600, jitter: 0.25 },
    /** A mail that nobody has taken for so long is given up. */
    giveUpHours: 48,
    /** Days for which the outbox remembers that a mail was sent or given up. */
    keepDays: 30,
  },

  attempts: {
    /** Days for which the log of attempts is kept. */
    keepDays: 90,
    /** Seconds after which an attempt without an outcome counts: whoever was to decide on it has died. */
    decideWithinSeconds: 60,
    /** While all slots are taken by open attempts, others look again after the first wait, then less and less often. */
    wait: { firstMs: 10, longestMs: 100, seconds: 15 },
  },

  oidc: {
    /** Bound for each request to a provider. */
    timeoutMs: 5_000,
    /** For how long what a provider tells of itself is not asked again. */
    metadataSeconds: 600,
    /** Bound for what a provider may answer. */
    maxBytes: 1024 * 1024,
  },

  accessTokens: {
    /** Days for which people may make a token besides ACCESS_TOKEN_EXPIRE_MINS; none takes the choice away. */
    lifetimeDays: [7, 30, 90],
    /** Tokens that one user may have at a time. */
    mostPerUser: 50,
  },

  replica: {
    /** For so long a read waits for the replica to have all that is committed; then the primary is asked. */
    waitMs: 200,
    /** A replica that does not answer is left alone for so long. */
    restSeconds: 5,
  },

  health: {
    /** Bound for what `/api/health/ready` waits for from the database. */
    databaseMs: 2_000,
  },

  shutdown: {
    /** How long requests in flight may take to their end: less than what the process is given before it is killed. */
    drainSeconds: 25,
    /** Bound for letting in those who have connected already; with little to do it takes a moment. */
    acceptMs: 5_000,
    /** For how long a connection at rest is kept, for a request that may be on its way. */
    graceMs: 1_000,
    /** Bound for those who are told of what has happened. */
    subscribersMs: 5_000,
    /** Bound for sending the last traces. */
    tracesMs: 1_000,
    /** Bound for the end of the connections to the database. */
    closeMs: 3_000,
  },

  session: {
    /** Seconds between two updates of a session's or a token's "last seen". */
    lastSeenEverySeconds: 60,
    /** Minutes after signing in during which changes that could give an account away need no password. */
    recentMinutes: 10,
  },
} as const;

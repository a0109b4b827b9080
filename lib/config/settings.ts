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

  session: {
    /** Seconds between two updates of a session's "last seen". */
    lastSeenEverySeconds: 60,
  },
} as const;

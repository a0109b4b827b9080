/** The user behind one request, read from the database for that request and never kept beyond it. */
export type Principal = {
  userId: string;
  /** As typed by its owner, for display. */
  loginId: string;
  isSuperuser: boolean;
  /** Effective permissions: direct, by own bundles, by groups and by the bundles of groups; all of them for a superuser. */
  permissions: ReadonlySet<string>;
  locale: string | null;
  /** Null where the request came with something else than a session, such as an access token. */
  sessionId: string | null;
};

/** Somebody who has signed in, as opposed to whoever sends a token. */
export type SessionPrincipal = Principal & { sessionId: string };

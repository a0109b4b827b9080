/** What a person typed to sign in; the login id in its canonical form, by which the attempt is counted. */
export type Credentials = { loginId: string; password: string };

/** The state of an account, told only to whoever has proved to own it. */
export type Account = {
  id: string;
  loginId: string;
  isDisabled: boolean;
  isVerified: boolean;
  /** The stored hash that was verified; the session starts only if it is still the one. */
  passwordHash?: string;
};

/** One way to prove who you are with a login id and a secret. */
export type Authenticator = {
  /** Name of the Auth.js provider and of the way in that is kept with the session. */
  name: string;
  /**
   * @returns the account if the credentials are right, null if not; unknown accounts must cost the same work.
   * @throws when the answer cannot be had (database or directory out of reach)
   */
  verify: (credentials: Credentials) => Promise<Account | null>;
};

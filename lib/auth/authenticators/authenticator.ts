/** What a person typed to sign in; the login id in its canonical form, by which the attempt is counted. */
export type Credentials = { loginId: string; password: string };

/** What a way in says of somebody whose credentials are right. */
export type Proof = {
  /** The stored hash that was verified; the session starts only if it is still the one. */
  passwordHash?: string;
  /** What shall be stored in its place once the session starts, where it is of an older scheme. */
  upgradedHash?: string | undefined;
  /** It knows its people better than any mail could: an account that was not verified yet is so from now on. */
  vouches?: boolean;
  /** Whoever has no account here yet is given one. */
  createsAccount?: boolean;
  /** Names of the groups here that it puts the person in; undefined where it has no say in that. */
  groups?: readonly string[];
};

/** A way in with a login id and a secret, behind the form of /login. */
export type CredentialsAuthenticator = {
  kind: "credentials";
  /** What LOGIN_AUTHENTICATOR says; also the name of the Auth.js provider, and of the way in that a session keeps. */
  name: string;
  /**
   * Whether the credentials are right. The state of the account and the limiter are not its concern (lib/auth/sign-in.ts).
   * @returns null if they are not; unknown login ids must cost the same work
   * @throws Unavailable when the answer cannot be had
   */
  verify: (credentials: Credentials) => Promise<Proof | null>;
  /** Takes the time of a wrong password, for login ids that never come in this way. */
  pretend?: (password: string) => Promise<void>;
};

/** No form at all: /login leads on to where people sign in. */
export type RedirectAuthenticator = {
  kind: "redirect";
  name: string;
  /** A path on this site. */
  target: () => string;
};

export type Authenticator = CredentialsAuthenticator | RedirectAuthenticator;

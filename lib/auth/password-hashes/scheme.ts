/** A password hash of some scheme, taken apart and found to be within bounds: whether a password belongs to it. */
export type Verify = (password: string) => Promise<boolean>;

/**
 * One way to store passwords.
 * @returns undefined for a text that is none of its hashes, or one that costs more or less than any honest system asks for:
 *   whoever can write a row must not be able to keep a sign-in busy
 */
export type Scheme = (stored: string) => Verify | undefined;

/** The address of the page, with what has been typed there so far. */
export const emailPath = (typed: string): string =>
  typed === "" ? "/account/email" : `/account/email?email=${encodeURIComponent(typed)}`;

/** The address of the page, with the name that has been typed there so far. */
export const tokensPath = (typed: string): string =>
  typed === "" ? "/account/tokens" : `/account/tokens?name=${encodeURIComponent(typed)}`;

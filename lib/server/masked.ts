import { routes } from "@/lib/routes";

/** What may be told of an address: never its query, nor a token in its path. */

const TOKEN = "/[token]";

/** Where a token follows, wherever in a path: a mistyped address still carries a good one. */
const beforeTokens = Object.keys(routes)
  .filter((pattern) => pattern.includes(TOKEN))
  .map((pattern) => {
    const segments = pattern.slice(1, pattern.indexOf(TOKEN)).split("/");
    const source = segments
      .map((segment) => (segment.startsWith("[") ? "[^/]+" : segment.replace(/[.*+?^${}()|\\]/g, "\\$&")))
      .join("/+");
    return new RegExp(`(/${source}/+).+`, "is");
  });

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const withoutToken = (path: string) =>
  beforeTokens.reduce((text, before) => text.replace(before, `$1${TOKEN.slice(1)}`), path);

/** A path or URL without query and fragment, `[token]` in place of a token and all that follows it, and not endless. */
export function maskedAddress(address: string): string {
  const [path = ""] = address.split(/[?#]/, 1);
  const masked = withoutToken(path);
  if (masked !== path) return masked.slice(0, 500);
  // Routes match what Next.js decodes.
  const readable = decoded(path);
  const readableMasked = withoutToken(readable);
  return (readableMasked === readable ? path : readableMasked).slice(0, 500);
}

/** A text with every path and URL in it masked. */
export const maskedText = (text: string): string =>
  text
    .split(/(\s+)/)
    .map((word) => (/\/|%2F/i.test(word) ? maskedAddress(word) : word))
    .join("");

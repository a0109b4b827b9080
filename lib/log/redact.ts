/** Names of fields whose value is nobody's business. */
const SECRET = /(password|token|secret|cookie|authorization)$|^code$/i;

/**
 * A last line of defence: fields of such names are not logged, at any depth. It is no reason to hand them over.
 * @param depth bound for what refers to itself
 */
export function redacted(value: unknown, depth = 5): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return "[…]";
  if (Array.isArray(value)) return value.map((item) => redacted(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, SECRET.test(name) ? "[redacted]" : redacted(inner, depth - 1)]),
  );
}

import { childrenOf, isFunction, keyName, type Node, parseSource, type Statement, unwrap } from "@/scripts/ast";
import { blankOut, codeOf, insertAt, type Line } from "./lines";

/**
 * Puts a piece of a document into a file of the project, where its marker says: into an object, an array or a function,
 * or at the end of the file. What the file has by the same name is replaced.
 */

/** Something the author of the document has to mend. */
export class Misplaced extends Error {}

type Range = { start: number; end: number };

const rangeOf = ({ start, end }: Node): Range => ({ start: start ?? 0, end: end ?? 0 });

const declarationOf = (statement: Statement): Node =>
  (statement.type === "ExportNamedDeclaration" && statement.declaration) || statement;

/** The names that a statement declares at the top of a file, each with what it stands for. */
function declared(statement: Statement): [string, Node][] {
  const node = declarationOf(statement);
  if (node.type === "VariableDeclaration") {
    return node.declarations.flatMap(({ id, init }): [string, Node][] =>
      id.type === "Identifier" && init ? [[id.name, unwrap(init)]] : [],
    );
  }
  const name = "id" in node && node.id && "name" in node.id ? String(node.id.name) : undefined;
  return name === undefined ? [] : [[name, node]];
}

/** What the name of a part leads to, inside `node`: a property, or by number an argument of a call. */
function step(node: Node, name: string): Node | undefined {
  if (/^\d+$/.test(name) && node.type === "CallExpression") return node.arguments[Number(name)];
  const holder = containerOf(node);
  if (holder?.type !== "ObjectExpression") return undefined;
  const member = holder.properties.find((property) => "key" in property && keyName(property, property.key) === name);
  return member?.type === "ObjectProperty" ? unwrap(member.value as Node) : member;
}

/** The object, array or function that lines can be added to: `node` itself, or inside what it calls or returns. */
function containerOf(node: Node | undefined): Node | undefined {
  if (!node) return undefined;
  const inner = unwrap(node);
  if (inner.type === "ObjectExpression" || inner.type === "ArrayExpression") return inner;
  if (inner.type === "CallExpression") return inner.arguments.map(containerOf).find(Boolean);
  if (!isFunction(inner)) return undefined;
  return inner.body.type === "BlockStatement" ? inner.body : containerOf(inner.body);
}

/** The imports and comments at the head of a fragment, and the rest. */
function splitImports(fragment: Line[]): { head: Line[]; rest: Line[] } {
  let at = 0;
  for (const [index, { text }] of fragment.entries()) {
    const isInside = index > at;
    if (!isInside && !/^import\s|^\/\/|^\s*$/.test(text)) break;
    // An import over several lines ends with what it imports from.
    if (isInside || /^import\s/.test(text) ? /"[^"]+";?\s*$/.test(text) : true) at = index + 1;
  }
  return { head: fragment.slice(0, at), rest: fragment.slice(at) };
}

/** The keys of the entries in a fragment of an object, with those of each. */
function keysOf(file: string, fragment: Line[]): string[] {
  const program = parseSource({ path: file, code: `({\n${codeOf(fragment)}\n})` });
  const [statement] = program.body;
  const object = statement?.type === "ExpressionStatement" ? statement.expression : undefined;
  if (object?.type !== "ObjectExpression") return [];
  return object.properties.flatMap((property) => ("key" in property && keyName(property, property.key)) || []);
}

const comma: Line = { text: "," };

/** `}` and `]` come after the last entry and perhaps a comma and comments. */
function addEntries(
  file: string,
  lines: Line[],
  container: Node,
  fragment: Line[],
): { lines: Line[]; names: string[] } {
  const code = codeOf(lines);
  const names = container.type === "ObjectExpression" ? keysOf(file, fragment) : [];
  const entries: Node[] = childrenOf(container);
  const isReplaced = (entry: Node) =>
    "key" in entry && names.includes(keyName(entry as { computed?: boolean }, entry.key) ?? "");
  const end = rangeOf(container).end - 1;
  let result = lines;
  for (const [index, entry] of entries.entries()) {
    if (!isReplaced(entry)) continue;
    const next = entries[index + 1];
    const { start, end: last } = rangeOf(entry);
    const rest = code.slice(last, next ? rangeOf(next).start : end);
    const gap = rest.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " ")).indexOf(",");
    result = blankOut(result, start, gap === -1 ? last : last + gap + 1);
  }
  const left = entries.filter((entry) => !isReplaced(entry)).at(-1);
  const tail = left ? code.slice(rangeOf(left).end, end).replace(/\/\/.*|\/\*[\s\S]*?\*\//g, "") : ",";
  const isOpen = !/,\s*$/.test(codeOf(fragment).replace(/\/\/.*/g, ""));
  const added = [...(tail.includes(",") ? [] : [comma]), ...fragment, ...(isOpen ? [comma] : [])];
  return { lines: insertAt(result, end, added), names };
}

/** Statements go in front of the last `return` of a function. */
function addStatements(lines: Line[], block: Node, fragment: Line[]): Line[] {
  const last = block.type === "BlockStatement" ? block.body.at(-1) : undefined;
  const at = last?.type === "ReturnStatement" ? rangeOf(last).start : rangeOf(block).end - 1;
  return insertAt(lines, at, fragment);
}

function addAtEnd(file: string, lines: Line[], fragment: Line[]): { lines: Line[]; names: string[] } {
  const names = parseSource({ path: file, code: codeOf(fragment) }).body.flatMap((statement) =>
    statement.type === "ImportDeclaration" ? [] : declared(statement).map(([name]) => name),
  );
  let result = lines;
  for (const statement of parseSource({ path: file, code: codeOf(lines) }).body) {
    if (!declared(statement).some(([name]) => names.includes(name))) continue;
    const { start, end } = rangeOf(statement);
    result = blankOut(result, start, end);
  }
  return { lines: [...result, ...fragment], names };
}

/**
 * `lines` of `file` with the fragment in it.
 * @param place the name of what it is added to, with dots to go inside; undefined for the end of the file
 * @returns the new lines, and the names that the fragment has brought along or replaced
 * @throws Misplaced if there is no such place
 */
export function addFragment(
  file: string,
  lines: Line[],
  place: string | undefined,
  fragment: Line[],
): { lines: Line[]; names: string[] } {
  if (place === undefined) return addAtEnd(file, lines, fragment);
  const { head, rest } = splitImports(fragment);
  const program = parseSource({ path: file, code: codeOf(lines) });
  const [name = "", ...inner] = place.split(".");
  const start = program.body.flatMap(declared).find(([known]) => known === name)?.[1];
  const container = containerOf(inner.reduce<Node | undefined>((node, part) => node && step(node, part), start));
  if (!container) throw new Misplaced(`${file} has no object, array or function "${place}" to add the sample to`);
  const added =
    container.type === "BlockStatement"
      ? { lines: addStatements(lines, container, rest), names: [] }
      : addEntries(file, lines, container, rest);
  return { ...added, lines: [...head, ...added.lines] };
}

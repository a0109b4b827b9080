import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parse } from "@babel/parser";

/** What the checks need of a syntax tree: parse a file, walk it, and look through what does not matter. */

export type Program = ReturnType<typeof parse>["program"];
export type Statement = Program["body"][number];
export type Expression = Extract<Statement, { type: "ExpressionStatement" }>["expression"];
type Declarator = Extract<Statement, { type: "VariableDeclaration" }>["declarations"][number];
type Member = Extract<Expression, { type: "ObjectExpression" }>["properties"][number];
export type Call = Extract<Expression, { type: "CallExpression" }>;
type Argument = Call["arguments"][number];
/** The kinds of nodes that the checks tell apart; others pass through the walker under the same type. */
export type Node =
  | Program
  | Statement
  | Expression
  | Declarator
  | Declarator["id"]
  | Member
  | Call["callee"]
  | Argument;

export type Source = { path: string; code: string };

const NOT_CODE = new Set(["loc", "extra", "errors", "leadingComments", "trailingComments", "innerComments"]);
const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/** @throws SyntaxError with the path, when the file does not parse */
export function parseSource({ path: file, code }: Source): Program {
  try {
    // In a .ts file `<T>` begins a generic function or a cast, never an element.
    return parse(code, { sourceType: "module", plugins: file.endsWith(".ts") ? ["typescript"] : ["typescript", "jsx"] })
      .program;
  } catch (error) {
    throw new SyntaxError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}

/** The nodes right below `node`, in the order of the source. Types are left out: they do not run. */
export function childrenOf(node: Node): Node[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    if (NOT_CODE.has(key)) return [];
    return (Array.isArray(value) ? value : [value]).filter(isNode).filter(isRun);
  });
}

// `x as Y`, `x satisfies Y` and `x!` hold code; their types are nodes without an expression.
const isRun = (node: Node) => !/^TS|^TypeAnnotation/.test(node.type) || "expression" in node;

/** Visits `node` and all below it, parents first; `ancestors` are the nodes around, the nearest last. */
export function walk(
  node: Node,
  visit: (node: Node, ancestors: readonly Node[]) => void,
  ancestors: readonly Node[] = [],
): void {
  visit(node, ancestors);
  const around = [...ancestors, node];
  for (const child of childrenOf(node)) walk(child, visit, around);
}

const WRAPPERS = ["AwaitExpression", "TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression"];

export const isWrapper = (node: Node | undefined) => node !== undefined && WRAPPERS.includes(node.type);

/** What stands inside `await x`, `x as T`, `x satisfies T` and `x!`. */
export function unwrap(node: Node): Node {
  if (node.type === "AwaitExpression") return unwrap(node.argument);
  return isWrapper(node) && "expression" in node && isNode(node.expression) ? unwrap(node.expression) : node;
}

export type FunctionNode = Extract<
  Node,
  { type: "FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression" | "ObjectMethod" }
>;

export const isFunction = (node: Node | null | undefined): node is FunctionNode =>
  node != null && /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|\w+Method)$/.test(node.type);

/** The names that a variable, a parameter or a pattern declares. */
export function boundNames(pattern: unknown): string[] {
  if (!isNode(pattern)) return [];
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === "RestElement" ? property.argument : property.value),
      );
    case "ArrayPattern":
      return pattern.elements.flatMap(boundNames);
    case "AssignmentPattern":
      return boundNames(pattern.left);
    case "RestElement":
      return boundNames(pattern.argument);
    default:
      return [];
  }
}

/** The name by which a property or a member is known, unless it is computed. */
export function keyName(node: { computed?: boolean }, key: unknown): string | undefined {
  if (!isNode(key)) return undefined;
  if (key.type === "StringLiteral") return key.value;
  return key.type === "Identifier" && !node.computed ? key.name : undefined;
}

export const lineOf = (node: Node): number => node.loc?.start.line ?? 0;

/**
 * The code below `folders` (or named by them) without tests, with paths relative to `root`; what does not exist is left
 * out.
 */
export function readSources(root: string, folders: string[]): Source[] {
  return folders
    .flatMap((folder) => {
      const isFolder = statSync(path.join(root, folder), { throwIfNoEntry: false })?.isDirectory();
      if (!isFolder) return [folder];
      const names = readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" });
      return names.map((name) => `${folder}/${name.replaceAll(path.sep, "/")}`);
    })
    .filter((file) => /\.[jt]sx?$/.test(file) && !/\.test\.[jt]sx?$/.test(file))
    .filter((file) => statSync(path.join(root, file), { throwIfNoEntry: false })?.isFile())
    .sort()
    .map((file) => ({ path: file, code: readFileSync(path.join(root, file), "utf8") }));
}

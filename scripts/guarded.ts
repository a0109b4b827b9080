import {
  boundNames,
  type Call,
  childrenOf,
  type FunctionNode,
  isFunction,
  type Node,
  type Program,
  unwrap,
  walk,
} from "./ast";

/** What one file exports, and whether a function in it begins with a guard. */

const GUARDS = "@/lib/auth/guards";
const HANDLER = "@/lib/auth/handler";

/** The names by which the file knows `wanted` from `module`. */
function importedNames(program: Program, module: string, wanted: string[]): Set<string> {
  const names = program.body.flatMap((statement) => {
    if (statement.type !== "ImportDeclaration" || statement.source.value !== module) return [];
    return statement.specifiers.flatMap((specifier) =>
      specifier.type === "ImportSpecifier" &&
      specifier.imported.type === "Identifier" &&
      wanted.includes(specifier.imported.name)
        ? [specifier.local.name]
        : [],
    );
  });
  return new Set(names);
}

const isCallOf = (node: Node, names: Set<string>): node is Call =>
  node.type === "CallExpression" && node.callee.type === "Identifier" && names.has(node.callee.name);

/** Whether the file says `markPublic("why")` at its top level; "without reason" when the why is missing. */
export function publicMark(program: Program): "none" | "marked" | "without reason" {
  const names = importedNames(program, GUARDS, ["markPublic"]);
  for (const statement of program.body) {
    if (statement.type !== "ExpressionStatement" || !isCallOf(statement.expression, names)) continue;
    const [reason] = statement.expression.arguments;
    return reason?.type === "StringLiteral" && reason.value.trim() !== "" ? "marked" : "without reason";
  }
  return "none";
}

export type Exported = {
  name: string;
  /** What is exported; undefined when it comes from another file or out of a pattern, where the check cannot follow. */
  value: Node | undefined;
};

type Declared = Map<string, Node | undefined>;

function declaredBy(statement: Node): [string, Node | undefined][] {
  if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") {
    return statement.id ? [[statement.id.name, statement]] : [];
  }
  if (statement.type !== "VariableDeclaration") return [];
  return statement.declarations.flatMap(({ id, init }) =>
    boundNames(id).map((name): [string, Node | undefined] => [
      name,
      id.type === "Identifier" && init ? unwrap(init) : undefined,
    ]),
  );
}

function exportedBy(statement: Program["body"][number], declared: Declared): Exported[] {
  if (statement.type === "ExportAllDeclaration") {
    return statement.exportKind === "type" ? [] : [{ name: "*", value: undefined }];
  }
  if (statement.type === "ExportDefaultDeclaration") {
    const value = unwrap(statement.declaration as Node);
    return [{ name: "default", value: value.type === "Identifier" ? declared.get(value.name) : value }];
  }
  if (statement.type !== "ExportNamedDeclaration" || statement.exportKind === "type") return [];
  if (statement.declaration) return declaredBy(statement.declaration).map(([name, value]) => ({ name, value }));
  return statement.specifiers.flatMap((specifier) => {
    if (specifier.type !== "ExportSpecifier") return [{ name: "*", value: undefined }];
    if (specifier.exportKind === "type") return [];
    const { exported, local } = specifier;
    const name = exported.type === "StringLiteral" ? exported.value : exported.name;
    return [{ name, value: statement.source ? undefined : declared.get(local.name) }];
  });
}

/** The values that the file exports; types are left out. */
export function exportsOf(program: Program): Exported[] {
  const declared: Declared = new Map(
    program.body.flatMap((statement) =>
      declaredBy(
        statement.type === "ExportNamedDeclaration" && statement.declaration ? statement.declaration : statement,
      ),
    ),
  );
  return program.body.flatMap((statement) => exportedBy(statement, declared));
}

type Happening = { node: Node; isAwaited: boolean };

/** The calls in `node` in the order in which they happen, without those that happen only perhaps. */
function certainCalls(node: Node, isAwaited = false): Happening[] {
  if (isFunction(node)) return [];
  if (node.type === "ConditionalExpression") return certainCalls(node.test);
  if (node.type === "LogicalExpression") return certainCalls(node.left);
  if (node.type === "AssignmentPattern") return [];
  if (node.type === "OptionalCallExpression") return certainCalls(node.callee);
  const inner = childrenOf(node).flatMap((child) => certainCalls(child, node.type === "AwaitExpression"));
  const isCall = /^(CallExpression|NewExpression|TaggedTemplateExpression)$/.test(node.type);
  return isCall ? [...inner, { node, isAwaited }] : inner;
}

/** The statement with which a function begins, or the expression that is all of an arrow function. */
function firstStep({ body }: FunctionNode): Node | undefined {
  if (body.type !== "BlockStatement") return body;
  const [first] = body.body;
  return first?.type === "VariableDeclaration" || first?.type === "ExpressionStatement" ? first : undefined;
}

/**
 * Whether `node` is a function whose first statement awaits `requireUser(…)` or `requirePermissions(…)`, for certain and
 * before it calls anything else.
 */
export function isGuarded(node: Node | undefined, program: Program): boolean {
  if (!isFunction(node)) return false;
  const names = importedNames(program, GUARDS, ["requireUser", "requirePermissions"]);
  const step = firstStep(node);
  const calls = step ? certainCalls(step) : [];
  const at = calls.findIndex((call) => call.isAwaited && isCallOf(call.node, names));
  const guard = calls[at]?.node;
  // Calls that work out the guard's own argument may come before it.
  return guard !== undefined && calls.slice(0, at).every((call) => (call.node.start ?? 0) >= (guard.start ?? 0));
}

/** Whether `node` is `guardHandler(…)`. */
export const isGuardedHandler = (node: Node | undefined, program: Program): boolean =>
  node !== undefined && isCallOf(node, importedNames(program, HANDLER, ["guardHandler"]));

export const isActionFile = (program: Program): boolean =>
  program.directives.some(({ value }) => value.value === "use server");

/** The functions with a "use server" of their own. */
export function inlineActions(program: Program): FunctionNode[] {
  const found: FunctionNode[] = [];
  walk(program, (node) => {
    if (!isFunction(node) || node.body.type !== "BlockStatement") return;
    if (node.body.directives.some(({ value }) => value.value === "use server")) found.push(node);
  });
  return found;
}

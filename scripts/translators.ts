import path from "node:path";
import { boundNames, type Call, isFunction, isWrapper, keyName, type Node, type Program, unwrap, walk } from "./ast";

/** Finds out which namespace of the messages a translator belongs to. */

const MAKERS = ["useTranslations", "getTranslations", "createTranslator"];
const METHODS = ["has", "rich", "markup", "raw"];
const SCOPES = /^(Program|BlockStatement|StaticBlock|SwitchStatement|CatchClause|For\w*Statement)$/;

/** Whether this call makes a translator. */
export const isMaker = (node: Node): node is Call =>
  node.type === "CallExpression" && node.callee.type === "Identifier" && MAKERS.includes(node.callee.name);

/** The namespace that the maker is given, "" for all messages, undefined when it is no literal. */
export function namespaceOf(maker: Call): string | undefined {
  const [first] = maker.arguments;
  if (!first) return "";
  if (first.type === "StringLiteral") return first.value;
  if (first.type !== "ObjectExpression") return undefined;
  const property = first.properties.find(
    (member) => member.type === "ObjectProperty" && keyName(member, member.key) === "namespace",
  );
  if (!property) return "";
  return property.type === "ObjectProperty" && property.value.type === "StringLiteral"
    ? property.value.value
    : undefined;
}

/** A translator that is a property of an object, as in lib/cli/texts.ts: known by its name to the files of its folder. */
export type PropertyTranslator = { folder: string; name: string; namespace: string };

export function propertyTranslators(file: string, program: Program): PropertyTranslator[] {
  const found: PropertyTranslator[] = [];
  walk(program, (node) => {
    if (node.type !== "ObjectProperty") return;
    const [name, value] = [keyName(node, node.key), unwrap(node.value)];
    const namespace = isMaker(value) ? namespaceOf(value) : undefined;
    if (name && namespace !== undefined) found.push({ folder: path.posix.dirname(file), name, namespace });
  });
  return found;
}

/** Answers for one file what is a translator in it. */
export class Translators {
  /** Per scope the variables declared in it; the value is their namespace, or undefined for other variables. */
  readonly #scopes = new Map<Node, Map<string, string | undefined>>();
  readonly #properties: Map<string, string>;

  constructor(file: string, program: Program, properties: PropertyTranslator[]) {
    const near = properties.filter(({ folder }) => file.startsWith(`${folder}/`));
    this.#properties = new Map(near.map(({ name, namespace }) => [name, namespace]));
    walk(program, (node, ancestors) => {
      if (isFunction(node)) for (const name of node.params.flatMap(boundNames)) this.#declare(node, name, undefined);
      if (node.type !== "VariableDeclarator") return;
      const scope = ancestors.findLast((around) => SCOPES.test(around.type)) ?? program;
      const value = node.init && unwrap(node.init);
      const namespace = value && node.id.type === "Identifier" && isMaker(value) ? namespaceOf(value) : undefined;
      for (const name of boundNames(node.id)) this.#declare(scope, name, namespace);
    });
  }

  #declare(scope: Node, name: string, namespace: string | undefined): void {
    const names = this.#scopes.get(scope) ?? new Map<string, string | undefined>();
    this.#scopes.set(scope, names.set(name, namespace));
  }

  /** The namespace of a variable that holds a translator; the nearest declaration counts. */
  variable(name: string, ancestors: readonly Node[]): string | undefined {
    const scope = ancestors.findLast((around) => this.#scopes.get(around)?.has(name));
    return scope && this.#scopes.get(scope)?.get(name);
  }

  #namespace(translator: Node, ancestors: readonly Node[]): string | undefined {
    const value = unwrap(translator);
    if (isMaker(value)) return namespaceOf(value);
    if (value.type === "Identifier") return this.variable(value.name, ancestors) ?? this.#properties.get(value.name);
    if (value.type !== "MemberExpression") return undefined;
    return this.#properties.get(keyName(value, value.property) ?? "");
  }

  /** The namespace in which this call translates, for `t(…)` as for `t.has(…)` and the like; undefined for other calls. */
  calledIn(call: Call, ancestors: readonly Node[]): string | undefined {
    const callee = unwrap(call.callee);
    if (callee.type === "MemberExpression" && METHODS.includes(keyName(callee, callee.property) ?? "")) {
      return this.#namespace(callee.object, ancestors);
    }
    return this.#namespace(callee, ancestors);
  }

  /** The namespace of a translator that is handed on here, to where its calls cannot be followed. */
  handedOn(node: Node, ancestors: readonly Node[]): string | undefined {
    const namespace = isMaker(node) ? namespaceOf(node) : this.#reference(node, ancestors);
    if (namespace === undefined) return undefined;
    const depth = ancestors.findLastIndex((around) => !isWrapper(around));
    const parent = ancestors[depth];
    const child = ancestors[depth + 1] ?? node;
    switch (parent?.type) {
      case "CallExpression":
        return parent.callee === child ? undefined : namespace;
      case "MemberExpression":
        return undefined;
      case "VariableDeclarator":
        return parent.id === child || parent.id.type === "Identifier" ? undefined : namespace;
      case "ObjectProperty":
        return isMaker(node) || parent.key === child ? undefined : namespace;
      default:
        return namespace;
    }
  }

  #reference(node: Node, ancestors: readonly Node[]): string | undefined {
    return node.type === "Identifier" ? this.variable(node.name, ancestors) : undefined;
  }
}

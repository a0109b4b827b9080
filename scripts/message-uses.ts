import { keyName, lineOf, type Node, type Program, parseSource, type Source, unwrap, walk } from "./ast";
import { isMaker, namespaceOf, type PropertyTranslator, propertyTranslators, Translators } from "./translators";

/** Where code uses messages, as far as the source tells. */
export type MessageUses = {
  /** `t("a.b")`: the full key. */
  keys: { key: string; where: string }[];
  /** `t(`fields.${x}`)`: every key that fits. */
  patterns: { fits: RegExp; text: string; where: string }[];
  /** `t(variable)`: any key of the namespace whose name stands in `names`. */
  namespaces: { namespace: string; where: string }[];
  /** Every other string in the code, and the names of properties, which lose their quotes in formatting. */
  names: Set<string>;
  problems: string[];
};

type KeyExpression = { node: Node; key?: string; parts?: string[] };

/** The keys that the first argument of a translator can stand for; neither key nor parts when that is unknown. */
function keyExpressions(argument: Node): KeyExpression[] {
  const node = unwrap(argument);
  if (node.type === "ConditionalExpression") return [node.consequent, node.alternate].flatMap(keyExpressions);
  if (node.type === "LogicalExpression") return [node.left, node.right].flatMap(keyExpressions);
  if (node.type === "StringLiteral") return [{ node, key: node.value }];
  if (node.type !== "TemplateLiteral") return [{ node }];
  const parts = node.quasis.map(({ value }) => value.cooked ?? "");
  return parts.length === 1 ? [{ node, key: parts.join("") }] : [{ node, parts }];
}

const join = (namespace: string, key: string) => (namespace ? `${namespace}.${key}` : key);
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Strings that name a module are no texts that a key could come from. */
const isModuleName = (parent: Node | undefined) => /^(Import|Export)/.test(parent?.type ?? "");

const plainKeys = (member: Node): string[] =>
  member.type === "ObjectProperty" ? [keyName(member, member.key)].filter((name) => name !== undefined) : [];

function collect(file: string, program: Program, properties: PropertyTranslator[], uses: MessageUses): void {
  const translators = new Translators(file, program, properties);
  const keyNodes = new Set<Node>();
  walk(program, (node, ancestors) => {
    const where = `${file}:${lineOf(node)}`;
    if (isMaker(node) && namespaceOf(node) === undefined) {
      uses.problems.push(`${where}: name the namespace as a plain string, so that the check sees what is used.`);
    }
    const handedOn = translators.handedOn(node, ancestors);
    if (handedOn !== undefined) uses.namespaces.push({ namespace: handedOn, where });

    if (node.type === "CallExpression") {
      const namespace = translators.calledIn(node, ancestors);
      const [argument] = node.arguments;
      if (namespace === undefined || !argument) return;
      for (const { node: keyNode, key, parts } of keyExpressions(argument)) {
        if (key !== undefined) uses.keys.push({ key: join(namespace, key), where });
        else if (parts) {
          const full = parts.with(0, join(namespace, parts[0] ?? ""));
          const fits = new RegExp(`^${full.map(escaped).join(".+")}$`);
          uses.patterns.push({ fits, text: full.join("…"), where });
        } else uses.namespaces.push({ namespace, where });
        if (key !== undefined || parts) keyNodes.add(keyNode);
      }
    }
    if (keyNodes.has(node)) return;
    if (node.type === "StringLiteral" && !isModuleName(ancestors.at(-1))) uses.names.add(node.value);
    if (node.type === "TemplateLiteral") for (const { value } of node.quasis) uses.names.add(value.cooked ?? "");
    if (node.type === "ObjectExpression") for (const name of node.properties.flatMap(plainKeys)) uses.names.add(name);
  });
}

/** All uses in `sources`; @throws SyntaxError for a file that does not parse */
export function messageUses(sources: Source[]): MessageUses {
  const files = sources.map((source) => ({ file: source.path, program: parseSource(source) }));
  const properties = files.flatMap(({ file, program }) => propertyTranslators(file, program));
  const uses: MessageUses = { keys: [], patterns: [], namespaces: [], names: new Set(), problems: [] };
  for (const { file, program } of files) collect(file, program, properties, uses);
  return uses;
}

import { parse, parseExpression } from "@babel/parser";
import type { Expression } from "@/scripts/ast";
import type { Block } from "./document";

/** Whether samples of JSON and JavaScript parse. */

const PLAIN = /^(StringLiteral|NumericLiteral|BooleanLiteral|NullLiteral)$/;

/** The first node that JSON does not have. */
function stranger(value: Expression | null): Expression | "a hole" | undefined {
  if (value === null) return "a hole";
  if (PLAIN.test(value.type)) return undefined;
  if (value.type === "UnaryExpression" && value.operator === "-") return stranger(value.argument);
  if (value.type === "ArrayExpression") {
    return value.elements.map((element) => stranger(element as Expression | null)).find(Boolean);
  }
  if (value.type !== "ObjectExpression") return value;
  return value.properties
    .map((member) =>
      member.type === "ObjectProperty" && member.key.type === "StringLiteral" && !member.computed
        ? stranger(member.value as Expression)
        : (member as unknown as Expression),
    )
    .find(Boolean);
}

const entriesOf = (value: Expression): [string, unknown][] =>
  value.type !== "ObjectExpression"
    ? []
    : value.properties.flatMap((member): [string, unknown][] =>
        member.type === "ObjectProperty" && member.key.type === "StringLiteral"
          ? [[member.key.value, plainOf(member.value as Expression)]]
          : [],
      );

function plainOf(value: Expression): unknown {
  if (value.type === "ObjectExpression") return Object.fromEntries(entriesOf(value));
  return value.type === "StringLiteral" ? value.value : value.extra?.rawValue;
}

/** The members in a block of JSON with comments. @throws SyntaxError */
export const membersOf = (code: string): [string, unknown][] => entriesOf(parseExpression(`{\n${code}\n}`));

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** A message of the parser ends with the place, `(line:column)` in the code that it was given. */
function parserProblem({ document, line }: Block, error: unknown, shift: number): string {
  const reason = reasonOf(error);
  const row = Number(/\((\d+):\d+\)$/.exec(reason)?.[1] ?? 1);
  return `${document}:${line + Math.max(row - 1 - shift, 0)}: does not parse: ${reason.replace(/\s*\(\d+:\d+\)$/, "")}`;
}

/** What is wrong in a block of JSON. With comments (jsonc) it may also be members of an object that is there already. */
export function jsonProblems(block: Block): string[] {
  const { document, line, code, language } = block;
  if (language === "json") {
    try {
      JSON.parse(code);
      return [];
    } catch (error) {
      return [`${document}:${line}: does not parse: ${reasonOf(error)}.`];
    }
  }
  const isMembers = /^\s*"[^"]*"\s*:/.test(code.replace(/^\s*(\/\/.*\n\s*)*/, ""));
  try {
    const odd = stranger(parseExpression(isMembers ? `{\n${code}\n}` : `(\n${code}\n)`));
    if (odd === undefined) return [];
    const row = odd === "a hole" ? 1 : (odd.loc?.start.line ?? 1) - 1;
    return [`${document}:${line + row - 1}: this is no JSON; write plain texts, numbers, lists and objects.`];
  } catch (error) {
    return [parserProblem(block, error, 1)];
  }
}

/** What is wrong in a block of JavaScript. */
export function scriptProblems(block: Block): string[] {
  try {
    parse(block.code, { sourceType: "unambiguous", plugins: ["jsx"], allowAwaitOutsideFunction: true });
    return [];
  } catch (error) {
    return [parserProblem(block, error, 0)];
  }
}

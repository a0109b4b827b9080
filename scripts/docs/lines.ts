/** Lines of code that remember where in which document they stand. */

export type Origin = { document: string; line: number };

/** One line of a file that is compiled; without an origin it is not from a document. */
export type Line = { text: string; origin?: Origin };

export const plainLines = (code: string): Line[] => code.split("\n").map((text) => ({ text }));

export const sampleLines = ({ document, line, code }: Origin & { code: string }): Line[] =>
  code.split("\n").map((text, index) => ({ text, origin: { document, line: line + index } }));

export const codeOf = (lines: Line[]): string => lines.map(({ text }) => text).join("\n");

/** `lines` with others put in at an offset of their code. */
export function insertAt(lines: Line[], offset: number, added: Line[]): Line[] {
  const before = codeOf(lines).slice(0, offset).split("\n");
  const at = before.length - 1;
  const line = lines[at];
  if (!line) return [...lines, ...added];
  const column = before[at]?.length ?? 0;
  return [
    ...lines.slice(0, at),
    { ...line, text: line.text.slice(0, column) },
    ...added,
    { ...line, text: line.text.slice(column) },
    ...lines.slice(at + 1),
  ];
}

/** `lines` with blanks in place of a range of their code, so that all else stays where it is. */
export function blankOut(lines: Line[], start: number, end: number): Line[] {
  const code = codeOf(lines);
  const blanked = code.slice(0, start) + code.slice(start, end).replace(/[^\n]/g, " ") + code.slice(end);
  return blanked.split("\n").map((text, index) => ({ ...lines[index], text }));
}

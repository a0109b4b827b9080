import { type ExportTexts, type ExportValue, textOf } from "./cells";

// Without it Excel takes UTF-8 for the code page of the machine.
const BYTE_ORDER_MARK = "\uFEFF";

// More than RFC 4180 asks for: programs split at semicolons and tabs too, and some trim blanks.
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/;

const quoted = (text: string) => (NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** By hand: lists of lines and of cells would be a fifth of what an export costs. */
function linesOf(rows: ExportValue[][], texts: ExportTexts): string {
  let lines = "";
  for (const row of rows) {
    for (let index = 0; index < row.length; index += 1) {
      lines += (index > 0 ? "," : "") + quoted(textOf(row[index] ?? null, texts));
    }
    lines += "\r\n";
  }
  return lines;
}

/**
 * A CSV file (RFC 4180, UTF-8 with a byte order mark), one chunk of bytes for each batch. Texts that look like formulas
 * are defused (see `neutral`), times are in UTC.
 */
export async function* csvChunks(
  header: string[],
  batches: AsyncIterable<ExportValue[][]>,
  texts: ExportTexts,
): AsyncGenerator<Uint8Array, void, undefined> {
  // The header goes with the first batch: once there is a chunk, the database has answered.
  let lines = BYTE_ORDER_MARK + linesOf([header], texts);
  for await (const batch of batches) {
    yield Buffer.from(lines + linesOf(batch, texts));
    lines = "";
  }
  if (lines) yield Buffer.from(lines);
}

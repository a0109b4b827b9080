import { pipeline, Readable } from "node:stream";
import { type InfoRecord, parse } from "csv-parse";
import type { Problem } from "@/lib/errors";

/** A record of a CSV file, and the line on which it begins. */
export type CsvRecord = { line: number; cells: string[] };

/** Where and why a file cannot be read on. */
export type CsvFault = { line: number; problem: Problem };

/** A quote that nobody closes would make one record of all that follows. */
const RECORD_MAX_BYTES = 65_536;

class NotUtf8 extends Error {}

/** Lets bytes through as they are. @throws NotUtf8 */
async function* checked(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new NotUtf8();
    }
  };
  for await (const chunk of input) {
    decode(chunk);
    yield chunk;
  }
  decode();
}

/** The beginning of a file up to the end of its first line, and the whole from its beginning. */
async function peekLine(input: AsyncIterable<Uint8Array>) {
  const iterator = input[Symbol.asyncIterator]();
  const begun: Uint8Array[] = [];
  let head = "";
  while (!/[\r\n]/.test(head) && head.length < RECORD_MAX_BYTES) {
    const { done, value } = await iterator.next();
    if (done) break;
    begun.push(value);
    head = Buffer.concat(begun).toString();
  }
  async function* whole() {
    yield* begun;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { line: head.split(/[\r\n]/)[0] ?? "", whole: whole() };
}

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

/** The records with what the parser tells of them, without an end to those that a broken quote makes one of. */
async function* parsed(input: AsyncIterable<Uint8Array>, onBroken: (after: number) => void) {
  const { line, whole } = await peekLine(checked(input));
  const parser = parse({
    bom: true,
    delimiter: count(line, /;/g) > count(line, /,/g) ? ";" : ",",
    info: true,
    max_record_size: RECORD_MAX_BYTES,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    // An error would take the records along that were read before it.
    skip_records_with_error: true,
    on_skip(error) {
      onBroken(Number(error?.records ?? 0));
      return undefined;
    },
  });
  yield* pipeline(Readable.from(whole, { objectMode: false }), parser, () => {
    // Whoever reads is told.
  }) as AsyncIterable<{ record: string[]; info: InfoRecord }>;
}

/**
 * The records of a CSV file (RFC 4180, UTF-8 with or without a byte order mark), separated by the commas or semicolons of
 * its first line; empty lines are passed over. A quote where none belongs is taken as it stands. Where a quote is never
 * closed, or what follows is not UTF-8, the last thing is a fault.
 */
export async function* readCsv(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<CsvRecord | CsvFault, void, undefined> {
  // Counted here: the parser takes a line break of two characters within quotes for two.
  let [next, emptyBefore] = [1, 0];
  let brokenAfter: number | undefined;
  const records = parsed(input, (after) => {
    brokenAfter ??= after;
  });
  try {
    for await (const { record: cells, info } of records) {
      // What it makes of the rest is anybody's guess.
      if (brokenAfter !== undefined && info.records > brokenAfter) break;
      const line = next + info.empty_lines - emptyBefore;
      yield { line, cells };
      next = line + 1 + cells.reduce((sum, cell) => sum + count(cell, /\r\n|\r|\n/g), 0);
      emptyBefore = info.empty_lines;
    }
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error;
    yield { line: next, problem: { key: "notUtf8" } };
  }
  if (brokenAfter !== undefined) yield { line: next, problem: { key: "quoteNotClosed" } };
}

import type { Context } from "@/lib/context";
import { type FieldProblems, Invalid } from "@/lib/errors";
import { type Column, columnsOf } from "./columns";
import { type CsvRecord, readCsv } from "./read-csv";
import { saveBatch } from "./save-batch";
import { type Cells, type Wish, wishOf } from "./wish";

/** Users of one transaction: few enough to lose little when it fails, enough that the number of statements does not matter. */
const BATCH = 500;

/** While the database works on one batch, the next is made ready. */
const AT_ONCE = 2;

export type Refusal = {
  /** Line of the file, from 1 on. */
  line: number;
  /** As the file has it; empty where it has none. */
  loginId: string;
  /** By column, or `file` and `line` for what concerns no single one. */
  problems: FieldProblems;
};

export type ImportSummary = { created: number; alreadyThere: number; refused: number };

export type ImportOptions = {
  /** Do everything, and take it back. */
  dryRun?: boolean;
  /** Whether the file may say who is a superuser or holds a group, a bundle or a permission. */
  allowPrivileges?: boolean;
  /** Is told of each user who is not created. */
  onRefused?: (refusal: Refusal) => void;
};

/** Finds lines that ask for a login id once more; remembers some hundred bytes of each line. */
function repetitions() {
  const lines = new Map<string, number>();
  return ({ line, canonical }: Wish): number | undefined => {
    const first = lines.get(canonical);
    if (first === undefined) lines.set(canonical, line);
    return first;
  };
}

function cellsOf(columns: readonly Column[], { cells }: CsvRecord): Cells {
  if (cells.length !== columns.length) {
    throw new Invalid({ line: { key: "wrongCellCount", params: { found: cells.length, wanted: columns.length } } });
  }
  return Object.fromEntries(columns.map((column, index) => [column, cells[index]]));
}

/** The lines of a file as wishes, with those put aside that are wrong by themselves. */
async function* readWishes(
  file: AsyncIterable<Uint8Array>,
  allowPrivileges: boolean,
): AsyncGenerator<Line, void, undefined> {
  const lineOfFirst = repetitions();
  let columns: Column[] | undefined;
  for await (const record of readCsv(file)) {
    const { line } = record;
    if ("problem" in record) yield { line, loginId: "", problems: { file: record.problem } };
    else if (!columns) columns = columnsOf(record.cells, allowPrivileges);
    else {
      try {
        const wish = wishOf(line, cellsOf(columns, record));
        const first = lineOfFirst(wish);
        if (first) throw new Invalid({ loginId: { key: "loginIdRepeated", params: { line: String(first) } } });
        yield wish;
      } catch (error) {
        if (!(error instanceof Invalid)) throw error;
        yield { line, loginId: record.cells[columns.indexOf("loginId")] ?? "", problems: error.fields };
      }
    }
  }
  // Not even a header.
  if (!columns) columnsOf([], allowPrivileges);
}

type Line = Wish | Refusal;

type BatchResult = { created: number; alreadyThere: number; refusals: Refusal[] };

/** Saves what some lines ask for; the refusals are in the order of the file. */
async function saveLines(ctx: Context, lines: readonly Line[], dryRun: boolean): Promise<BatchResult> {
  const result: BatchResult = { created: 0, alreadyThere: 0, refusals: lines.filter((line) => "problems" in line) };
  const wishes = lines.filter((line) => "canonical" in line);
  for (const granted of wishes.length > 0 ? await saveBatch(ctx, wishes, dryRun) : []) {
    if (granted.result !== "refused") result[granted.result] += 1;
    else result.refusals.push({ line: granted.wish.line, loginId: granted.wish.loginId, problems: granted.problems });
  }
  result.refusals.sort((a, b) => a.line - b.line);
  return result;
}

/**
 * Creates the users of a CSV file, each as `createUser` would, with its audit row; nobody is mailed. Users who are there
 * already are left as they are, so that a run that was broken off can simply be repeated. What is wrong with one line keeps
 * none of the others out. The file is saved as it is read: of what was done only the login ids stay in memory.
 * @param file CSV, see `readCsv`; what it may contain is in columns.ts
 * @throws Invalid or Forbidden for the header, before anybody is created
 */
export async function importUsers(
  ctx: Context,
  file: AsyncIterable<Uint8Array>,
  { dryRun = false, allowPrivileges = false, onRefused }: ImportOptions = {},
): Promise<ImportSummary> {
  const summary: ImportSummary = { created: 0, alreadyThere: 0, refused: 0 };
  const tally = ({ created, alreadyThere, refusals }: BatchResult) => {
    summary.created += created;
    summary.alreadyThere += alreadyThere;
    summary.refused += refusals.length;
    for (const refusal of refusals) onRefused?.(refusal);
  };
  const running: Promise<BatchResult>[] = [];
  const start = async (lines: readonly Line[]) => {
    const [oldest] = running.length === AT_ONCE ? running.splice(0, 1) : [];
    if (oldest) tally(await oldest);
    const saving = saveLines(ctx, lines, dryRun);
    // Its failure is told when its turn comes.
    saving.catch(() => {});
    running.push(saving);
  };
  let lines: Line[] = [];
  for await (const line of readWishes(file, allowPrivileges)) {
    lines.push(line);
    if (lines.length < BATCH) continue;
    await start(lines);
    lines = [];
  }
  await start(lines);
  for (const saving of running) tally(await saving);
  return summary;
}

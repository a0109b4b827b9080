import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { CliError, type CliTools } from "./command";

/** Files that commands are told of by name; `-` is standard input or output. */

const STANDARD = "-";

/** A fault of the system, such as a missing folder, as a sentence. */
function named({ texts }: CliTools, file: string, error: unknown): unknown {
  const isSystemFault = error instanceof Error && "syscall" in error;
  return isSystemFault ? new CliError(texts.cli("fileUnusable", { file, reason: error.message })) : error;
}

/**
 * What is in a file, bit by bit.
 * @throws CliError if it cannot be read
 */
export async function* contentsOf(tools: CliTools, file: string): AsyncGenerator<Uint8Array, void, undefined> {
  if (file === STANDARD) {
    yield* process.stdin;
    return;
  }
  try {
    const handle = await open(file);
    yield* handle.createReadStream() as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw named(tools, file, error);
  }
}

async function writeAll(handle: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of chunks) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Waits while whoever reads is slower. */
async function writeOut(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    await new Promise<void>((resolve) => process.stdout.write(chunk, () => resolve()));
  }
}

/**
 * Writes a file that only its owner can read. It has its name once it is complete: whatever goes wrong before that leaves the
 * file of this name as it was.
 * @throws CliError if it cannot be written
 */
export async function writePrivately(tools: CliTools, file: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  if (file === STANDARD) return writeOut(chunks);
  const unfinished = `${file}.${randomBytes(4).toString("hex")}.part`;
  try {
    await writeAll(await open(unfinished, "wx", 0o600), chunks);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw named(tools, file, error);
  }
}

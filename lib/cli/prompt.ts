import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";

/** Asks on the terminal; with `hidden` the answer is not shown while it is typed. */
export async function ask(question: string, { hidden = false } = {}): Promise<string> {
  let isMuted = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!isMuted) process.stderr.write(chunk);
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  try {
    const answer = terminal.question(question);
    isMuted = hidden;
    return await answer;
  } finally {
    terminal.close();
    if (hidden) process.stderr.write("\n");
  }
}

/** Everything on standard input, without the line break that ends it. */
export async function readStdin(): Promise<string> {
  return (await text(process.stdin)).replace(/\r?\n$/, "");
}

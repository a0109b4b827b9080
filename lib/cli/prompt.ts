import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { Cancelled } from "./command";

/**
 * Asks on the terminal; with `hidden` the answer is not shown while it is typed.
 * @throws Cancelled for Ctrl+C and Ctrl+D
 */
export async function ask(question: string, { hidden = false } = {}): Promise<string> {
  let isMuted = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!isMuted) process.stderr.write(chunk);
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  let isAnswered = false;
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      terminal.once("line", resolve);
      terminal.once("SIGINT", () => reject(new Cancelled(130)));
      terminal.once("close", () => reject(new Cancelled(1)));
      terminal.setPrompt(question);
      terminal.prompt();
      isMuted = hidden;
    });
    isAnswered = true;
    return answer;
  } finally {
    terminal.close();
    // Enter ends the line by itself where it is shown.
    if (hidden || !isAnswered) process.stderr.write("\n");
  }
}

/** Everything on standard input, without the line break that ends it. */
export async function readStdin(): Promise<string> {
  return (await text(process.stdin)).replace(/\r?\n$/, "");
}

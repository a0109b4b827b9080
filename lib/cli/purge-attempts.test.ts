import { Readable } from "node:stream";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { database } from "@/lib/db/client";
import { attempts } from "@/lib/db/schema/auth";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { CliError } from "./command";
import purgeAttempts from "./commands/purge-attempts";
import { cliTexts } from "./texts";

setUpTestDatabase();

beforeEach(async () => {
  await database().delete(attempts);
  await database().insert(attempts).values({ type: "login" });
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Runs the command without a filter where somebody types `answer`. @returns what it prints and asks */
async function purgeAll(answer: string, { isTTY = true, language = "en" } = {}) {
  vi.stubEnv("LC_ALL", language);
  const stdin = Object.assign(Readable.from([answer]), { isTTY });
  vi.spyOn(process, "stdin", "get").mockReturnValue(stdin as never);
  const asked = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const printed: string[] = [];
  const program = new Command();
  purgeAttempts(program, {
    texts: await cliTexts(),
    context: async () => testContext(),
    print: (line) => printed.push(line),
  });
  const failure = await program.parseAsync(["purge-attempts"], { from: "user" }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { printed, failure, asked: asked.mock.calls.map(([text]) => String(text)).join("") };
}

const left = () => database().$count(attempts);

describe("purging everything on a terminal", () => {
  it.each(["y\n", " YES \n"])("is done after %j", async (answer) => {
    const { printed, failure, asked } = await purgeAll(answer);
    expect(failure).toBeUndefined();
    expect(printed).toEqual(["Deleted 1 attempts."]);
    expect(asked).toContain("This deletes all attempts and lifts all locks. Go on? [y/N]");
    expect(await left()).toBe(0);
  });

  it.each(["\n", "n\n", "yes, but\n", "sí\n", "y\x03", "\x04"])("is not done after %j", async (answer) => {
    const { printed, failure } = await purgeAll(answer);
    expect(failure).toBeInstanceOf(CliError);
    expect(printed).toEqual([]);
    expect(await left()).toBe(1);
  });

  it.each(["s\n", "Sí\n"])("is asked and answered in the language of the terminal: %j", async (answer) => {
    const { printed, asked } = await purgeAll(answer, { language: "es" });
    expect(asked).toContain("¿Continuar? [s/N]");
    expect(printed).toEqual(["Se han borrado 1 intentos."]);
  });
});

it("nobody is asked where nobody can type", async () => {
  const { failure, asked } = await purgeAll("y\n", { isTTY: false });
  expect(failure).toBeInstanceOf(CliError);
  expect(asked).toBe("");
  expect(await left()).toBe(1);
});

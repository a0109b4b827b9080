import { Readable } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import { passwordProblems } from "@/lib/auth/password-policy";
import { testContext } from "@/lib/testing/context";
import { setUpTestDatabase } from "@/lib/testing/database";
import { withEnvironment } from "@/lib/testing/environment";
import { CliError, type CliTools } from "./command";
import { createFirstSuperuser } from "./first-superuser";
import { passwordFromStdin, promptForPassword } from "./new-password";
import { cliTexts } from "./texts";

setUpTestDatabase();

const LOGIN_ID = "annabel.lee@example.com";

const tools = async (): Promise<CliTools> => ({
  texts: await cliTexts(),
  context: async () => testContext(),
  print() {},
});

/** Standard input with this content, as far as the command line reads it. */
const typed = (content: string) => vi.spyOn(process, "stdin", "get").mockReturnValue(Readable.from([content]) as never);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("passwordFromStdin", () => {
  it("takes a good password without the line break that ends it", async () => {
    typed("a long walk in the rain\n");
    expect(await passwordFromStdin(await tools(), LOGIN_ID)).toBe("a long walk in the rain");
  });

  it("lists everything that speaks against a password", async () => {
    typed("gatehouse\n");
    const failure = await passwordFromStdin(await tools(), LOGIN_ID).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CliError);
    const { message } = failure as CliError;
    expect(message).toContain("12");
    expect(message).toContain("Gatehouse");
    expect(message.split("\n")).toHaveLength(3);
  });

  it.each(["annabel.lee in the rain", "ANNABEL.LEE@example.com!"])("refuses the login id in %j", async (password) => {
    typed(password);
    await expect(passwordFromStdin(await tools(), LOGIN_ID)).rejects.toThrow(/annabel\.lee/);
  });

  it.each(["passwordpassword", "123456789012"])("refuses the common %j", async (password) => {
    typed(password);
    await expect(passwordFromStdin(await tools(), LOGIN_ID)).rejects.toBeInstanceOf(CliError);
  });
});

it("promptForPassword asks nobody where nobody can type", async () => {
  typed("a long walk in the rain\n");
  await expect(promptForPassword(await tools(), LOGIN_ID)).rejects.toBeInstanceOf(CliError);
});

describe("createFirstSuperuser", () => {
  it("makes a password that the policy lets pass, however long it has to be", async () => {
    await withEnvironment({ PASSWORD_MIN_LENGTH: "40" }, async () => {
      const { loginId, password } = (await createFirstSuperuser(testContext())) ?? { loginId: "", password: "" };
      expect(password).toMatch(/^([\w-]{3}-)+[\w-]{1,3}$/);
      expect(await passwordProblems(password, { loginId })).toEqual([]);
    });
  });
});

import { passwordProblems } from "@/lib/auth/password-policy";
import type { Problem } from "@/lib/errors";
import { CliError, type CliTools } from "./command";
import { ask, readStdin } from "./prompt";
import { errorText } from "./report";

const listed = (problems: Problem[], { texts }: CliTools) =>
  [texts.cli("passwordRefused"), ...problems.map((problem) => `  - ${errorText(problem, texts)}`)].join("\n");

/**
 * A password from standard input.
 * @param loginId of the user who gets it
 * @throws CliError if there is none or the policy refuses it
 */
export async function passwordFromStdin(tools: CliTools, loginId: string): Promise<string> {
  const password = await readStdin();
  if (password === "") throw new CliError(tools.texts.cli("passwordMissing"));
  const problems = await passwordProblems(password, { loginId });
  if (problems.length > 0) throw new CliError(listed(problems, tools));
  return password;
}

/**
 * Asks twice, without showing what is typed, until the policy is content and both answers agree.
 * @param loginId of the user who gets it
 * @throws CliError where nobody can type
 */
export async function promptForPassword(tools: CliTools, loginId: string): Promise<string> {
  const { cli } = tools.texts;
  if (!process.stdin.isTTY) throw new CliError(cli("passwordMissing"));
  for (;;) {
    const password = await ask(cli("newPassword"), { hidden: true });
    const problems = await passwordProblems(password, { loginId });
    if (problems.length > 0) process.stderr.write(`${listed(problems, tools)}\n`);
    else if (password === (await ask(cli("repeatPassword"), { hidden: true }))) return password;
    else process.stderr.write(`${cli("passwordsDiffer")}\n`);
  }
}

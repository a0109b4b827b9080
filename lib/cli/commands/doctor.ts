import type { CliCommand, CliTools } from "@/lib/cli/command";
import { CliError } from "@/lib/cli/command";
import { checkDirectory } from "@/lib/cli/doctor/directory";
import type { Finding } from "@/lib/cli/doctor/finding";
import { checkAuthenticator, checkDatabase, checkGroupMaps, checkMail } from "@/lib/cli/doctor/installation";
import { checkProviders } from "@/lib/cli/doctor/providers";

const MARKS = { ok: "✓", warning: "!", wrong: "✗" } as const;

/** One line for people, or one object for programs. */
function told({ state, key, params = {} }: Finding, { texts: { cli } }: CliTools): string {
  // Keys are put together from what was found; tests walk them.
  const sentence = cli(`doctor.${key}` as "doctor.migrated", params as never);
  return `${MARKS[state]} ${sentence}`;
}

async function examine(tools: CliTools): Promise<Finding[]> {
  const database = await checkDatabase(tools.context);
  const hasDatabase = database.every(({ state }) => state !== "wrong");
  return [
    ...database,
    ...checkAuthenticator(),
    ...(await checkMail()),
    ...(await checkDirectory()),
    ...(await checkProviders()),
    ...(hasDatabase ? await checkGroupMaps(await tools.context()) : []),
  ];
}

const doctorCommand: CliCommand = (program, tools) => {
  const { cli } = tools.texts;
  program
    .command("doctor")
    .description(cli("help.doctor"))
    .action(async () => {
      const findings = await examine(tools);
      for (const finding of findings) tools.print(told(finding, tools));
      const count = findings.filter(({ state }) => state === "wrong").length;
      if (count > 0) throw new CliError(cli("doctor.wrong", { count }));
    });
};

export default doctorCommand;

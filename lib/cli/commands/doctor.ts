import { type CliCommand, CliError } from "@/lib/cli/command";
import { examine, lineOf } from "@/lib/cli/doctor/examine";

const doctorCommand: CliCommand = (program, tools) => {
  const { cli } = tools.texts;
  program
    .command("doctor")
    .description(cli("help.doctor"))
    .action(async () => {
      const findings = await examine(tools);
      for (const finding of findings) tools.print(lineOf(finding, tools));
      const count = findings.filter(({ state }) => state === "wrong").length;
      if (count > 0) throw new CliError(cli("doctor.wrong", { count }));
    });
};

export default doctorCommand;

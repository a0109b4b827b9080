import { answerOf, type JsonOption } from "@/lib/cli/answer";
import { type CliCommand, CliError } from "@/lib/cli/command";
import { examine, lineOf, sentenceOf } from "@/lib/cli/doctor/examine";

const doctorCommand: CliCommand = (program, tools) => {
  const { cli } = tools.texts;
  program
    .command("doctor")
    .description(cli("help.doctor"))
    .option("--json", cli("help.jsonAnswer"))
    .action(async (options: JsonOption) => {
      const answer = answerOf(tools, options);
      const findings = await examine(tools);
      for (const finding of findings) answer.say(lineOf(finding, tools));
      const count = findings.filter(({ state }) => state === "wrong").length;
      answer.give({
        wrong: count,
        findings: findings.map((finding) => ({ ...finding, message: sentenceOf(finding, tools) })),
      });
      if (count > 0) throw new CliError(cli("doctor.wrong", { count }));
    });
};

export default doctorCommand;

import { CommanderError } from "commander";
import { newProgram } from "@/scripts/new/program";
import type { MarkdownDocument } from "./document";
import { quiet } from "./programs";
import { ShellError, shellCommands } from "./shell";
import { at, type NewEntity } from "./world";

/** The entities that the documents make by `npm run new -- entity …`, so that other samples can go on from there. */
export function newEntities(documents: MarkdownDocument[]): NewEntity[] {
  return documents
    .flatMap(({ blocks }) => blocks)
    .filter(({ language }) => language === "sh" || language === "bash")
    .flatMap((block) => {
      const found: NewEntity[] = [];
      const program = quiet(
        newProgram((name, options) => {
          if (!options.dryRun) found.push({ name, options, where: at(block) });
        }),
      );
      try {
        for (const { words } of shellCommands(block.code)) {
          if (words.slice(0, 4).join(" ") === "npm run new --") program.parse(words.slice(4), { from: "user" });
        }
      } catch (error) {
        // What cannot be read, or is no such command, is told where commands are checked.
        if (!(error instanceof ShellError || error instanceof CommanderError)) throw error;
      }
      return found;
    });
}

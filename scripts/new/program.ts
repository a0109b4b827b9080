import { Command } from "commander";
import type { EntityOptions } from "./entity";

/** The program behind `npm run new -- <what>`; what becomes of an entity is for the caller to say. */
export function newProgram(onEntity: (name: string, options: EntityOptions) => Promise<void> | void): Command {
  const program = new Command("npm run new --").description("Writes the files of something new.");
  program
    .command("entity")
    .description("A table with list, forms, export, bulk actions, JSON API, permissions, texts and tests.")
    .argument("<name>", "the plural in kebab-case, such as projects or price-lists")
    .option("--singular <word>", "its singular in kebab-case, if the guess is wrong")
    .option("--label <text>", "what people call it in English, in the plural")
    .option("--label-singular <text>", "the same in the singular")
    .option("--label-es <text>", "what people call it in Spanish, in the plural")
    .option("--label-singular-es <text>", "the same in the singular")
    .option("--dry-run", "only tell what would happen")
    .action(onEntity);
  return program;
}

import { Command } from "commander";
import { addEntity, type EntityOptions } from "./new/entity";
import { Refusal } from "./new/refusal";

/** `npm run new -- <what>`: writes code that somebody would otherwise copy by hand. */

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
  .action(async (name: string, options: EntityOptions) => {
    process.exitCode = await addEntity(process.cwd(), name, options, console.log);
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof Refusal ? `Nothing was written. ${error.message}` : error);
}

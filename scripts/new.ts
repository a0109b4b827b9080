import { addEntity } from "./new/entity";
import { newProgram } from "./new/program";
import { Refusal } from "./new/refusal";

/** `npm run new -- <what>`: writes code that somebody would otherwise copy by hand. */

const program = newProgram(async (name, options) => {
  process.exitCode = await addEntity(process.cwd(), name, options, console.log);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof Refusal ? `Nothing was written. ${error.message}` : error);
}

import { keepsPasswords } from "@/lib/auth/domains";
import { config } from "@/lib/config/env";
import { CliError, type CliTools } from "./command";
import { seedDemo } from "./demo";
import { createSuperuser, hasSuperuser, type NewCredentials } from "./first-superuser";
import { promptForPassword } from "./new-password";
import { ask } from "./prompt";
import { run } from "./run";

async function superuserCredentials(tools: CliTools): Promise<NewCredentials> {
  const { SEED_SUPERUSER, SEED_SUPERUSER_PASSWORD } = config();
  // Where a directory or a provider knows the password, there is none to set here.
  const password = keepsPasswords() ? SEED_SUPERUSER_PASSWORD : "";
  if (SEED_SUPERUSER && password !== undefined) return { loginId: SEED_SUPERUSER, password };
  if (!process.stdin.isTTY) throw new CliError(tools.texts.cli("seedMissing"));
  const loginId = SEED_SUPERUSER ?? (await ask(tools.texts.cli("seedLogin")));
  return { loginId, password: password ?? (await promptForPassword(tools, loginId)) };
}

/** `npm run seed`: the first superuser; with `--demo` also something to look at. */
await run(async (tools) => {
  const { cli } = tools.texts;
  const ctx = await tools.context();
  if (await hasSuperuser(ctx)) tools.print(cli("seedExists"));
  else {
    const credentials = await superuserCredentials(tools);
    await createSuperuser(ctx, credentials);
    tools.print(cli("seedCreated", { loginId: credentials.loginId }));
  }
  if (process.argv.includes("--demo")) tools.print(cli("demoAdded", { users: await seedDemo(ctx) }));
});

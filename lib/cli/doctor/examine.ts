import type { CliTools } from "@/lib/cli/command";
import { checkDirectory } from "./directory";
import { checkEncryption } from "./encryption";
import type { Finding } from "./finding";
import { checkAuthenticator, checkDatabase, checkGroupMaps, checkMail } from "./installation";
import { checkPooler, checkReplica } from "./machines";
import { checkProviders } from "./providers";

const MARKS = { ok: "✓", warning: "!", wrong: "✗" } as const;

/** A finding in the language of the terminal. */
export const sentenceOf = ({ key, params = {} }: Finding, { texts: { cli } }: Pick<CliTools, "texts">): string =>
  cli(`doctor.${key}` as "doctor.migrated", params as never);

/** A finding as a line for the terminal. */
export const lineOf = (finding: Finding, tools: Pick<CliTools, "texts">): string =>
  `${MARKS[finding.state]} ${sentenceOf(finding, tools)}`;

/** Looks at everything that sign-ins need. What cannot be looked at for want of a database is left out. */
export async function examine({ context }: Pick<CliTools, "context">): Promise<Finding[]> {
  const database = await checkDatabase(context);
  const hasDatabase = database.every(({ state }) => state !== "wrong");
  return [
    ...database,
    ...(hasDatabase ? await checkPooler(await context()) : []),
    ...(hasDatabase ? await checkReplica(await context()) : []),
    ...checkAuthenticator(),
    ...(await checkMail()),
    ...(await checkDirectory()),
    ...(await checkProviders()),
    ...checkEncryption(),
    ...(hasDatabase ? await checkGroupMaps(await context()) : []),
  ];
}

import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { Mail } from "./content";

/** The mailbox of the developer: one file per mail, below the folder that also holds the database. */

const storedMail = z.object({
  id: z.uuid(),
  to: z.string(),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  sentAt: z.iso.datetime().transform((moment) => new Date(moment)),
});

export type StoredMail = z.infer<typeof storedMail>;

// The comment keeps a build from taking the mails along as files of the app.
const folder = () => path.join(/* turbopackIgnore: true */ process.cwd(), ".data", "mailbox");

/** Writes a mail, in place of an earlier one with the same id. Nobody sees half of it. */
export async function storeMail(mail: Mail): Promise<void> {
  const content = JSON.stringify({ ...mail, sentAt: new Date().toISOString() } satisfies z.input<typeof storedMail>);
  await mkdir(folder(), { recursive: true });
  const draft = path.join(folder(), `${randomUUID()}.tmp`);
  await writeFile(draft, content, { mode: 0o600 });
  await rename(draft, path.join(folder(), `${z.uuid().parse(mail.id)}.json`));
}

async function files(): Promise<string[]> {
  const names = await readdir(folder()).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => name.endsWith(".json")).map((name) => path.join(folder(), name));
}

async function readMail(file: string): Promise<StoredMail | undefined> {
  try {
    return storedMail.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    // Deleted in the meantime, or not written by us.
    return undefined;
  }
}

/** All mails in the mailbox, the newest first. */
export async function listMails(): Promise<StoredMail[]> {
  const mails = await Promise.all((await files()).map(readMail));
  return mails
    .filter((mail) => mail !== undefined)
    .sort((a, b) => b.sentAt.getTime() - a.sentAt.getTime() || (a.id < b.id ? 1 : -1));
}

/** Empties the mailbox. */
export async function deleteMails(): Promise<void> {
  for (const file of await files()) await rm(file, { force: true });
}

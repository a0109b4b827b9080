import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Mail } from "./content";
import { deleteMails, listMails, storeMail } from "./mailbox";
import { outboxTransport } from "./transports/outbox";
import { MailRefused } from "./transports/transport";

let project: string;
beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), "mailbox-"));
  vi.spyOn(process, "cwd").mockReturnValue(project);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await rm(project, { recursive: true });
});

const mailTo = (to: string): Mail => ({ id: randomUUID(), to, subject: "¡Hola!", html: "<p>ñ</p>", text: "ñ" });
const send = (mail: Mail) => outboxTransport().send(mail, AbortSignal.timeout(10_000));
const recipients = async () => (await listMails()).map(({ to }) => to);

it("is empty before the first mail", async () => {
  expect(await listMails()).toEqual([]);
  await deleteMails();
});

it("keeps what the transport was given, the newest first", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const mails = ["ann@x.test", "bob@x.test", "cid@x.test"].map(mailTo);
  for (const [second, mail] of mails.entries()) {
    vi.setSystemTime(new Date(2030, 0, 1, 0, 0, second));
    await send(mail);
  }
  const stored = await listMails();
  expect(stored).toEqual(mails.reverse().map((mail) => ({ ...mail, sentAt: expect.any(Date) })));
});

it("holds a mail once, however often it was tried", async () => {
  const mail = mailTo("ann@x.test");
  await send(mail);
  await send({ ...mail, text: "again" });
  expect(await listMails()).toMatchObject([{ text: "again" }]);
});

it("writes nothing but files of its own folder", async () => {
  await expect(storeMail({ ...mailTo("ann@x.test"), id: "../../escaped" })).rejects.toThrow();
  expect(await readdir(project)).toEqual([".data"]);
  expect(await readdir(path.join(project, ".data"))).toEqual(["mailbox"]);
});

it("takes mails to one address only", async () => {
  await expect(send(mailTo("ann@x.test,bob@x.test"))).rejects.toBeInstanceOf(MailRefused);
  expect(await listMails()).toEqual([]);
});

it("shows nothing half written or of somebody else", async () => {
  await send(mailTo("ann@x.test"));
  const folder = path.join(project, ".data", "mailbox");
  await writeFile(path.join(folder, "half.tmp"), '{"id":');
  await writeFile(path.join(folder, "broken.json"), '{"id":');
  await writeFile(path.join(folder, "other.json"), '{"id":1}');
  await mkdir(path.join(folder, "folder.json"));
  expect(await recipients()).toEqual(["ann@x.test"]);
});

it("can be emptied", async () => {
  await send(mailTo("ann@x.test"));
  await deleteMails();
  expect(await listMails()).toEqual([]);
});

"use server";

import { notFound, redirect } from "next/navigation";
import { markPublic } from "@/lib/auth/guards";
import { config } from "@/lib/config/env";
import { deleteMails } from "@/lib/mail/mailbox";

markPublic("the mailbox of the developer, which production does not have");

/** Empties the mailbox. */
export async function deleteAll(): Promise<void> {
  if (config().isProduction) notFound();
  await deleteMails();
  redirect("/dev/mailbox");
}

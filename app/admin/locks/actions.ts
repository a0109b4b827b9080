"use server";

import { redirect } from "next/navigation";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { safePath } from "@/lib/auth/redirects";
import { bulkFrom } from "@/lib/crud/actions";
import type { BulkState } from "@/lib/crud/bulk-state";
import { text } from "@/lib/crud/form-data";
import { setFlash } from "@/lib/flash";
import { access } from "@/lib/locks/access";
import { lockEntity } from "@/lib/locks/entity";
import { unlock } from "@/lib/locks/service";

/** Lifts one lock, and leads back to where the button was. */
export async function unlockOne(form: FormData): Promise<void> {
  const principal = await requirePermissions(access.delete);
  const [lifted] = await unlock(await contextOf(principal), [text(form, "id")]);
  await setFlash(
    lifted
      ? { kind: "status", key: "unlocked", params: { name: lifted.key } }
      : { kind: "status", key: "unlockedAlready" },
  );
  redirect(safePath(text(form, "from"), "/admin/attempts"));
}

export async function runBulk(state: BulkState, form: FormData): Promise<BulkState> {
  const principal = await requirePermissions(access.list);
  return bulkFrom(lockEntity, principal, state, form);
}

"use server";

import { notFound, redirect } from "next/navigation";
import { deletionOf } from "@/app/admin/_screens/delete";
import type { DeletePreview } from "@/components/crud/delete-confirm";
import { contextOf, requirePermissions } from "@/lib/auth/guards";
import { config } from "@/lib/config/env";
import type { Context } from "@/lib/context";
import { addFrom, bulkFrom, deleteFrom, saveFrom } from "@/lib/crud/actions";
import type { BulkState } from "@/lib/crud/bulk-state";
import { backTo } from "@/lib/crud/carried";
import type { Values } from "@/lib/crud/entity";
import { text } from "@/lib/crud/form-data";
import type { FormState } from "@/lib/crud/form-state";
import { AppError, Blocked, NotFound } from "@/lib/errors";
import { type Flash, setFlash } from "@/lib/flash";
import { access } from "@/lib/users/access";
import { userEntity } from "@/lib/users/entity";
import { resendVerification } from "@/lib/users/password-links";
import { getUser } from "@/lib/users/service";

export async function addUser(_state: FormState<Values>, form: FormData): Promise<FormState<Values>> {
  const principal = await requirePermissions(access.add);
  return addFrom(userEntity, principal, form);
}

export async function saveUser(_state: FormState<Values>, form: FormData): Promise<FormState<Values>> {
  const principal = await requirePermissions(access.edit);
  return saveFrom(userEntity, principal, form);
}

export async function previewDeletion(id: string): Promise<DeletePreview> {
  const principal = await requirePermissions(access.delete);
  return deletionOf(userEntity, principal, id);
}

export async function removeUser(_state: FormState<Values>, form: FormData): Promise<FormState<Values>> {
  const principal = await requirePermissions(access.delete);
  return deleteFrom(userEntity, principal, form);
}

export async function runBulk(state: BulkState, form: FormData): Promise<BulkState> {
  const principal = await requirePermissions(access.list);
  return bulkFrom(userEntity, principal, state, form);
}

/** Sends the verification mail to a user again, and leads back to the list. */
export async function resendVerificationTo(form: FormData): Promise<void> {
  const principal = await requirePermissions(access.edit);
  if (!config().mailEnabled) notFound();
  const ctx = await contextOf(principal);
  const id = text(form, "id");
  await setFlash(await resendOutcome(ctx, id));
  redirect(backTo(text(form, "from"), "/admin/users"));
}

async function resendOutcome(ctx: Context, id: string): Promise<Flash> {
  const user = await getUser(ctx, id).catch((error: unknown) => {
    if (error instanceof NotFound) return undefined;
    throw error;
  });
  const params = { name: user?.loginId ?? "" };
  try {
    await resendVerification(ctx, id);
    return { kind: "status", key: "verificationSent", params };
  } catch (error) {
    if (error instanceof Blocked) {
      return { kind: "alert", key: "verificationWait", params: { ...params, max: String(error.retryAfterSeconds) } };
    }
    if (error instanceof AppError) return { kind: "alert", key: "verificationRefused", params };
    throw error;
  }
}

"use server";

import { deletionOf } from "@/app/admin/_screens/delete";
import type { DeletePreview } from "@/components/crud/delete-confirm";
import { requirePermissions } from "@/lib/auth/guards";
import { addFrom, bulkFrom, deleteFrom, saveFrom } from "@/lib/crud/actions";
import type { BulkState } from "@/lib/crud/bulk-state";
import type { Values } from "@/lib/crud/entity";
import type { FormState } from "@/lib/crud/form-state";
import { access } from "@/lib/users/access";
import { userEntity } from "@/lib/users/entity";

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

"use server";

import { deletionOf } from "@/app/admin/_screens/delete";
import type { DeletePreview } from "@/components/crud/delete-confirm";
import { requirePermissions } from "@/lib/auth/guards";
import { addFrom, bulkFrom, deleteFrom, saveFrom } from "@/lib/crud/actions";
import type { BulkState } from "@/lib/crud/bulk-state";
import type { Values } from "@/lib/crud/entity";
import type { FormState } from "@/lib/crud/form-state";
import { access } from "@/lib/groups/access";
import { groupEntity } from "@/lib/groups/entity";

export async function addGroup(_state: FormState<Values>, form: FormData): Promise<FormState<Values>> {
  const principal = await requirePermissions(access.add);
  return addFrom(groupEntity, principal, form);
}

export async function saveGroup(_state: FormState<Values>, form: FormData): Promise<FormState<Values>> {
  const principal = await requirePermissions(access.edit);
  return saveFrom(groupEntity, principal, form);
}

export async function previewDeletion(id: string): Promise<DeletePreview> {
  const principal = await requirePermissions(access.delete);
  return deletionOf(groupEntity, principal, id);
}

export async function removeGroup(_state: FormState<Values>, form: FormData): Promise<FormState<Values>> {
  const principal = await requirePermissions(access.delete);
  return deleteFrom(groupEntity, principal, form);
}

export async function runBulk(state: BulkState, form: FormData): Promise<BulkState> {
  const principal = await requirePermissions(access.list);
  return bulkFrom(groupEntity, principal, state, form);
}

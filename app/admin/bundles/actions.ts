"use server";

import { deletionOf } from "@/app/admin/_screens/delete";
import type { DeletePreview } from "@/components/crud/delete-confirm";
import { requirePermissions } from "@/lib/auth/guards";
import { access } from "@/lib/bundles/access";
import { bundleEntity } from "@/lib/bundles/entity";
import { addFrom, bulkFrom, deleteFrom, saveFrom } from "@/lib/crud/actions";
import type { BulkState } from "@/lib/crud/bulk-state";
import type { Values } from "@/lib/crud/entity";
import type { FormState } from "@/lib/crud/form-state";

export async function addBundle(_state: FormState<Values>, form: FormData): Promise<FormState<Values>> {
  const principal = await requirePermissions(access.add);
  return addFrom(bundleEntity, principal, form);
}

export async function saveBundle(_state: FormState<Values>, form: FormData): Promise<FormState<Values>> {
  const principal = await requirePermissions(access.edit);
  return saveFrom(bundleEntity, principal, form);
}

export async function previewDeletion(id: string): Promise<DeletePreview> {
  const principal = await requirePermissions(access.delete);
  return deletionOf(bundleEntity, principal, id);
}

export async function removeBundle(_state: FormState<Values>, form: FormData): Promise<FormState<Values>> {
  const principal = await requirePermissions(access.delete);
  return deleteFrom(bundleEntity, principal, form);
}

export async function runBulk(state: BulkState, form: FormData): Promise<BulkState> {
  const principal = await requirePermissions(access.list);
  return bulkFrom(bundleEntity, principal, state, form);
}

"use client";

import { EntityForm, type EntityFormProps } from "@/components/crud/entity-form";
import { groupSchema } from "@/lib/groups/schema";

/** Brings the schema to the browser; the rest follows from the definition. */
export function GroupForm(props: EntityFormProps) {
  return <EntityForm schema={groupSchema} {...props} />;
}

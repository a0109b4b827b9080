"use client";

import { EntityForm, type EntityFormProps } from "@/components/crud/entity-form";
import { userSchema } from "@/lib/users/schema";

/** Brings the schema to the browser; the rest follows from the definition. */
export function UserForm(props: EntityFormProps) {
  return <EntityForm schema={userSchema} {...props} />;
}

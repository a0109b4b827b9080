"use client";

import { EntityForm, type EntityFormProps } from "@/components/crud/entity-form";
import { bundleSchema } from "@/lib/bundles/schema";

/** Brings the schema to the browser; the rest follows from the definition. */
export function BundleForm(props: EntityFormProps) {
  return <EntityForm schema={bundleSchema} {...props} />;
}

"use client";

import { useTranslations } from "next-intl";
import type { UseFormReturn } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Values } from "@/lib/crud/entity";
import type { WordedField } from "./entity-field";

const sorted = (value: unknown) => JSON.stringify(Array.isArray(value) ? [...value].sort() : (value ?? ""));

/**
 * What somebody else has saved while this form was open: the fields in which it differs from what is typed here. Sending
 * the form again keeps what is typed.
 */
export function NewerValues({
  fields,
  newer,
  form,
}: {
  fields: WordedField[];
  newer: Values;
  form: UseFormReturn<Values>;
}) {
  const t = useTranslations("form");
  const tList = useTranslations("list");
  const typed = form.watch();
  const differing = fields.filter(
    ({ name, kind }) => kind !== "password" && sorted(typed[name]) !== sorted(newer[name]),
  );
  const shown = ({ name, kind, choices = [] }: WordedField): string => {
    const value = newer[name];
    if (kind === "boolean") return value ? tList("yes") : tList("no");
    const labels = [value ?? ""].flat().map((id) => choices.find((choice) => choice.id === id)?.label ?? String(id));
    return labels.filter(Boolean).join(", ") || tList("empty");
  };
  return (
    <Card className="p-4">
      <h2 className="font-medium">{t("newerTitle")}</h2>
      {differing.length === 0 ? (
        <p className="mt-1 text-sm text-muted-foreground">{t("newerSame")}</p>
      ) : (
        <dl className="mt-2 grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[auto_1fr]">
          {differing.map((field) => (
            <div key={field.name} className="contents">
              <dt className="text-muted-foreground">{field.label}</dt>
              <dd className="break-words">{shown(field)}</dd>
            </div>
          ))}
        </dl>
      )}
      <p className="mt-3 text-sm text-muted-foreground">{t("newerText")}</p>
      <div className="mt-3 hidden scripting:block">
        <Button variant="outline" onClick={() => form.reset(newer)}>
          {t("newerTake")}
        </Button>
      </div>
    </Card>
  );
}

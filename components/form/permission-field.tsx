"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { type Control, type UseFormRegisterReturn, useWatch } from "react-hook-form";
import { Checkbox } from "@/components/ui/checkbox";
import { cn } from "@/components/ui/cn";
import { Input } from "@/components/ui/input";
import type { Values } from "@/lib/crud/entity";
import type { Choice } from "@/lib/crud/form-fields";
import type { Problem } from "@/lib/errors";
import { errorId, FieldNotes } from "./field";
import { useProblemText } from "./problem";

type PermissionFieldProps = {
  label: string;
  /** By token. */
  choices: Choice[];
  /** What each permits, by id. */
  descriptions: Record<string, string>;
  registration: UseFormRegisterReturn;
  control: Control<Values>;
  initial: string[];
  problem: Problem | undefined;
};

/** Tokens say what they are about before the first hyphen: `auth-manage` and `auth-view` belong together. */
const groupOf = ({ label }: Choice) => label.split(/[-_.:]/)[0] ?? label;

function grouped(choices: Choice[]): [group: string, choices: Choice[]][] {
  const groups = new Map<string, Choice[]>();
  for (const choice of choices) groups.set(groupOf(choice), [...(groups.get(groupOf(choice)) ?? []), choice]);
  return [...groups];
}

/** Permissions as checkboxes in groups, with their descriptions. The filter hides, it never unchecks. */
export function PermissionField(props: PermissionFieldProps) {
  const { label, choices, descriptions, registration, control, initial, problem } = props;
  const t = useTranslations("form");
  const reasonText = useProblemText();
  const [filter, setFilter] = useState("");
  const { name } = registration;
  const chosen = useWatch({ control, name }) as string[];
  const isShown = ({ id, label: token }: Choice) =>
    `${token} ${descriptions[id] ?? ""}`.toLowerCase().includes(filter.trim().toLowerCase());
  return (
    <fieldset aria-describedby={problem && errorId(name)}>
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      <div className="mb-2 hidden flex-wrap items-center gap-x-3 gap-y-1 scripting:flex">
        <Input
          type="search"
          aria-label={t("filterPermissions")}
          placeholder={t("filterPermissions")}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          // Enter in the filter must not save the form.
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
          className="max-w-xs"
        />
        <p className="text-sm whitespace-nowrap text-muted-foreground">
          {t("chosenCount", { chosen: chosen.length, all: choices.length })}
        </p>
      </div>
      <div className="max-h-96 overflow-y-auto rounded-md border">
        {grouped(choices).map(([group, members]) => (
          <fieldset key={group} className={cn("border-b last:border-b-0", !members.some(isShown) && "hidden")}>
            <legend className="float-left w-full bg-muted/50 px-3 py-1.5 text-xs font-medium text-muted-foreground">
              {group}
            </legend>
            <ul className="clear-left">
              {members.map((choice) => (
                <li key={choice.id} className={cn("border-t", !isShown(choice) && "hidden")}>
                  <label className="flex items-start gap-3 px-3 py-2.5 hover:bg-muted/50">
                    <Checkbox
                      {...registration}
                      value={choice.id}
                      defaultChecked={initial.includes(choice.id)}
                      disabled={choice.reason !== undefined}
                      aria-invalid={problem !== undefined}
                      className="mt-0.5"
                    />
                    <span className="min-w-0 text-sm">
                      <span className="block font-medium break-words">{choice.label}</span>
                      <span className="block text-muted-foreground">{descriptions[choice.id]}</span>
                      {choice.reason && (
                        <span className="block text-muted-foreground italic">{reasonText(choice.reason)}</span>
                      )}
                    </span>
                  </label>
                </li>
              ))}
            </ul>
          </fieldset>
        ))}
      </div>
      {!choices.some(isShown) && <p className="mt-2 text-sm text-muted-foreground">{t("noPermissionMatch")}</p>}
      <FieldNotes name={name} problem={problem} />
    </fieldset>
  );
}

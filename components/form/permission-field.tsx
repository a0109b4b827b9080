"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import type { UseFormRegisterReturn } from "react-hook-form";
import { Checkbox } from "@/components/ui/checkbox";
import { cn } from "@/components/ui/cn";
import { Input } from "@/components/ui/input";
import type { Problem } from "@/lib/errors";
import { errorId, FieldNotes } from "./field";

export type PermissionOption = { id: string; token: string; description: string };

type PermissionFieldProps = {
  label: string;
  permissions: PermissionOption[];
  registration: UseFormRegisterReturn;
  initial: string[];
  chosenCount: number;
  problem: Problem | undefined;
};

const matches = ({ token, description }: PermissionOption, filter: string) =>
  `${token} ${description}`.toLowerCase().includes(filter.trim().toLowerCase());

/** Permissions as checkboxes with their descriptions. The filter hides, it never unchecks. */
export function PermissionField({
  label,
  permissions,
  registration,
  initial,
  chosenCount,
  problem,
}: PermissionFieldProps) {
  const t = useTranslations("form");
  const [filter, setFilter] = useState("");
  const shown = permissions.filter((permission) => matches(permission, filter));
  const { name } = registration;
  return (
    <fieldset aria-describedby={problem && errorId(name)}>
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      <div className="mb-2 hidden items-center gap-3 scripting:flex">
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
          {t("chosenCount", { chosen: chosenCount, all: permissions.length })}
        </p>
      </div>
      <ul className="max-h-96 overflow-y-auto rounded-md border">
        {permissions.map((permission) => (
          <li key={permission.id} className={cn("border-b last:border-b-0", !matches(permission, filter) && "hidden")}>
            <label className="flex items-start gap-3 px-3 py-2.5 hover:bg-muted/50">
              <Checkbox
                {...registration}
                value={permission.id}
                defaultChecked={initial.includes(permission.id)}
                aria-invalid={problem !== undefined}
                className="mt-0.5"
              />
              <span className="min-w-0 text-sm">
                <span className="block font-medium break-words">{permission.token}</span>
                <span className="block text-muted-foreground">{permission.description}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className="mt-2 text-sm text-muted-foreground">{t("noPermissionMatch")}</p>}
      <FieldNotes name={name} problem={problem} />
    </fieldset>
  );
}

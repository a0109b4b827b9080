"use client";

import { Combobox } from "@base-ui/react/combobox";
import { Check, ChevronDown, X } from "lucide-react";
import { useId, useRef } from "react";
import { cn } from "./cn";
import { fieldClass } from "./input";

/** `note` says why an option cannot be chosen. */
export type ComboboxOption = { id: string; label: string; note?: string };

export type MultiComboboxTexts = {
  placeholder: string;
  empty: string;
  open: string;
  remove: (label: string) => string;
};

type MultiComboboxProps = {
  label: string;
  options: ComboboxOption[];
  value: string[];
  onChange: (ids: string[]) => void;
  texts: MultiComboboxTexts;
  describedBy?: string;
  isInvalid?: boolean;
  /** Called with what is typed, for lists that have more options elsewhere. */
  onSearch?: (text: string) => void;
};

/** Choose any number of options by typing; the chosen ones stand below as buttons that remove them. */
export function MultiCombobox(props: MultiComboboxProps) {
  const { label, options, value, onChange, texts, describedBy, isInvalid, onSearch } = props;
  const inputId = useId();
  const inputRef = useRef<HTMLInputElement>(null);
  const chosen = value.flatMap((id) => options.find((option) => option.id === id) ?? []);
  return (
    <Combobox.Root
      multiple
      items={options}
      value={chosen}
      onValueChange={(next, details) => {
        // Escape on the closed list would clear everything that was chosen.
        if (details.reason === "escape-key") return details.cancel();
        onChange(next.map((option) => option.id));
      }}
      onInputValueChange={(text) => onSearch?.(text)}
      itemToStringLabel={(option) => option.label}
      isItemEqualToValue={(a, b) => a.id === b.id}
    >
      <label htmlFor={inputId} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <Combobox.InputGroup className="relative">
        <Combobox.Input
          id={inputId}
          ref={inputRef}
          placeholder={texts.placeholder}
          // Enter chooses; it must not send the form, least of all when nothing matches.
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
          aria-describedby={describedBy}
          aria-invalid={isInvalid}
          className={cn(fieldClass, "w-full pr-10")}
        />
        <Combobox.Trigger
          aria-label={texts.open}
          className="absolute inset-y-0 right-0 grid w-10 place-items-center text-muted-foreground"
        >
          <ChevronDown className="size-4" aria-hidden />
        </Combobox.Trigger>
      </Combobox.InputGroup>
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} className="z-50 outline-none">
          <Combobox.Popup className="max-h-[min(20rem,var(--available-height))] w-(--anchor-width) overflow-y-auto rounded-md border bg-card p-1 text-sm shadow-lg">
            <Combobox.Empty className="text-muted-foreground not-empty:px-2 not-empty:py-1.5">
              {texts.empty}
            </Combobox.Empty>
            <Combobox.List>
              {(option: ComboboxOption) => (
                <Combobox.Item
                  key={option.id}
                  value={option}
                  disabled={option.note !== undefined}
                  className="grid cursor-default data-disabled:text-muted-foreground grid-cols-[1rem_1fr] items-center gap-2 rounded px-2 py-1.5 data-highlighted:bg-muted"
                >
                  <Combobox.ItemIndicator className="col-start-1">
                    <Check className="size-4 text-primary" aria-hidden />
                  </Combobox.ItemIndicator>
                  <span className="col-start-2">
                    {option.label}
                    {option.note && <span className="block text-xs">{option.note}</span>}
                  </span>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
      {chosen.length > 0 && (
        <ul className="mt-2 flex flex-wrap gap-1.5">
          {chosen.map((option) => (
            <li key={option.id}>
              <button
                type="button"
                aria-label={texts.remove(option.label)}
                onClick={() => {
                  onChange(value.filter((id) => id !== option.id));
                  // The button goes with what it stood for; the keyboard goes on from here.
                  inputRef.current?.focus();
                }}
                className="inline-flex min-h-7 items-center gap-1.5 rounded-full bg-primary-soft px-2.5 text-sm text-primary hover:bg-primary-soft/70"
              >
                {option.label}
                <X className="size-3.5" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
    </Combobox.Root>
  );
}

import type { Ref } from "react";
import { Input } from "@/components/ui/input";

type LoginIdFieldProps = {
  name: string;
  label: string;
  /** What had been typed. */
  typed: string;
  /** Whose keyboard fits; people type addresses and user names here. */
  mode?: "email" | "username";
  autoComplete?: "username" | "email";
  problem?: string | undefined;
  inputRef?: Ref<HTMLInputElement>;
};

/** Where people type what they log in with, on forms without a form library. */
export function LoginIdField(props: LoginIdFieldProps) {
  const { name, label, typed, mode = "email", autoComplete = "username", problem, inputRef } = props;
  return (
    <div>
      <label htmlFor={name} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <Input
        id={name}
        name={name}
        ref={inputRef}
        // Not type=email: browsers would refuse addresses that are fine here.
        type="text"
        inputMode={mode === "email" ? "email" : "text"}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={320}
        defaultValue={typed}
        // React empties the form after an action; a new key brings the typed value back.
        key={typed}
        aria-invalid={problem !== undefined}
        aria-describedby={problem && `${name}-error`}
      />
      {problem && (
        <p id={`${name}-error`} role="alert" className="mt-1.5 text-sm text-destructive">
          {problem}
        </p>
      )}
    </div>
  );
}

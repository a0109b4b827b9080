"use client";

import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type KeyboardEvent, useState } from "react";
import { cn } from "./cn";
import { Input } from "./input";

export type PasswordInputTexts = Record<"show" | "hide" | "capsLock", string>;

type PasswordInputProps = Omit<ComponentProps<"input">, "type" | "onKeyDown" | "onKeyUp"> & {
  texts: PasswordInputTexts;
};

/** A password field whose content can be looked at, and which says when caps lock is on; both need scripts. */
export function PasswordInput({ texts, className, onBlur, ...props }: PasswordInputProps) {
  const [isShown, setShown] = useState(false);
  const [isCapsLock, setCapsLock] = useState(false);
  const noteCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState("CapsLock"));
  const Icon = isShown ? EyeOff : Eye;
  return (
    <div>
      <div className="relative">
        <Input
          autoCapitalize="none"
          autoCorrect="off"
          // Spelling services would learn a password that is shown.
          spellCheck={false}
          {...props}
          type={isShown ? "text" : "password"}
          onKeyDown={noteCapsLock}
          onKeyUp={noteCapsLock}
          onBlur={(event) => {
            setCapsLock(false);
            onBlur?.(event);
          }}
          className={cn("pr-11", className)}
        />
        <button
          type="button"
          aria-label={isShown ? texts.hide : texts.show}
          onClick={() => setShown(!isShown)}
          className="absolute inset-y-0 right-0 hidden w-10 place-items-center rounded-md text-muted-foreground hover:text-foreground scripting:grid"
        >
          <Icon className="size-4" aria-hidden />
        </button>
      </div>
      {/* There from the start: screen readers only tell of changes in what they know already. */}
      <div aria-live="polite">
        {isCapsLock && <p className="mt-1.5 text-sm text-muted-foreground">{texts.capsLock}</p>}
      </div>
    </div>
  );
}

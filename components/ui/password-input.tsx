"use client";

import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { cn } from "./cn";
import { Input } from "./input";

type PasswordInputProps = Omit<ComponentProps<"input">, "type"> & { texts: { show: string; hide: string } };

/** A password field whose content can be looked at; without scripts the button is not there. */
export function PasswordInput({ texts, className, ...props }: PasswordInputProps) {
  const [isShown, setShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <div className="relative">
      <Input {...props} type={isShown ? "text" : "password"} className={cn("pr-11", className)} />
      <button
        type="button"
        aria-label={isShown ? texts.hide : texts.show}
        onClick={() => setShown(!isShown)}
        className="absolute inset-y-0 right-0 hidden w-10 place-items-center rounded-md text-muted-foreground hover:text-foreground scripting:grid"
      >
        <Icon className="size-4" aria-hidden />
      </button>
    </div>
  );
}

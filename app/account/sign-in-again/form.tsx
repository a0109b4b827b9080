"use client";

import Link from "next/link";
import { useActionState } from "react";
import { SubmitButton } from "@/components/form/submit-button";
import { Alert } from "@/components/ui/alert";
import { buttonClass } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { PasswordInput, type PasswordInputTexts } from "@/components/ui/password-input";
import { signInAgain } from "./actions";

type SignInAgainFormProps = {
  next: string;
  loginId: string;
  texts: Record<"loginId" | "password" | "submit" | "working" | "cancel", string> & PasswordInputTexts;
};

export function SignInAgainForm({ next, loginId, texts }: SignInAgainFormProps) {
  const [state, action, isPending] = useActionState(signInAgain, {});
  return (
    <form action={action} className="grid gap-4">
      {state.error && <Alert kind="alert">{state.error}</Alert>}
      <input type="hidden" name="next" value={next} />
      <div>
        <label htmlFor="loginId" className="mb-1.5 block text-sm font-medium">
          {texts.loginId}
        </label>
        {/* For people and password managers to read; what is posted of it is not looked at. */}
        <Input id="loginId" name="loginId" autoComplete="username" value={loginId} readOnly className="bg-muted" />
      </div>
      <div>
        <label htmlFor="password" className="mb-1.5 block text-sm font-medium">
          {texts.password}
        </label>
        <PasswordInput id="password" name="password" autoComplete="current-password" required texts={texts} />
      </div>
      <div className="mt-1 grid gap-2">
        <SubmitButton isPending={isPending} texts={texts} />
        <Link href="/account" className={buttonClass({ variant: "ghost" })}>
          {texts.cancel}
        </Link>
      </div>
    </form>
  );
}

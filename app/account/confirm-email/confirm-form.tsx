"use client";

import { useActionState } from "react";
import { SubmitButton } from "@/components/form/submit-button";
import { Alert } from "@/components/ui/alert";
import { buttonClass } from "@/components/ui/button";
import { type ConfirmState, confirmEmail } from "./actions";

export function ConfirmForm({ texts }: { texts: Record<"submit" | "working" | "cancel", string> }) {
  const [state, action, isPending] = useActionState<ConfirmState, FormData>(confirmEmail, {});
  return (
    <form action={action} className="grid gap-4">
      {state.error && <Alert kind="alert">{state.error}</Alert>}
      <SubmitButton isPending={isPending} texts={texts} />
      <a href="/account" className={buttonClass({ variant: "ghost" })}>
        {texts.cancel}
      </a>
    </form>
  );
}

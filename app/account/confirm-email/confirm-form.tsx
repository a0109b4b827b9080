"use client";

import { useActionState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button, buttonClass } from "@/components/ui/button";
import { type ConfirmState, confirmEmail } from "./actions";

export function ConfirmForm({ texts }: { texts: Record<"submit" | "working" | "cancel", string> }) {
  const [state, action, isPending] = useActionState<ConfirmState, FormData>(confirmEmail, {});
  return (
    <form action={action} className="grid gap-4">
      {state.error && <Alert kind="alert">{state.error}</Alert>}
      <Button type="submit" disabled={isPending}>
        {isPending ? texts.working : texts.submit}
      </Button>
      <a href="/account" className={buttonClass({ variant: "ghost" })}>
        {texts.cancel}
      </a>
    </form>
  );
}

"use client";

import { useEffect, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import type { PasswordLink } from "@/lib/users/password-links";
import type { ResendState } from "./actions";

export type ResendTexts = Record<"submit" | "working" | "wait", string>;

/** Whole seconds that are left of `seconds`, from each new `answer` on. */
function useCountdown(answer: unknown, seconds: number): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    // `answer` is what begins a new count, also with the same number of seconds.
    void answer;
    setLeft(seconds);
    if (seconds <= 0) return;
    const timer = setInterval(() => setLeft((before) => Math.max(0, before - 1)), 1000);
    return () => clearInterval(timer);
  }, [answer, seconds]);
  return left;
}

type ResendFormProps = {
  ticket: PasswordLink;
  texts: ResendTexts;
  state: ResendState;
  action: (form: FormData) => void;
  isPending: boolean;
};

/** Asks for another verification mail, and shows when the next may follow. */
export function ResendForm({ ticket, texts, state, action, isPending }: ResendFormProps) {
  const left = useCountdown(state, state.wait ?? 0);
  return (
    <form action={action} className="mb-4 grid grid-cols-[minmax(0,1fr)] gap-2">
      {state.message && state.kind && <Alert kind={state.kind}>{state.message}</Alert>}
      <input type="hidden" name="userId" value={ticket.userId} />
      <input type="hidden" name="ticket" value={ticket.token} />
      <Button type="submit" variant="outline" disabled={isPending || left > 0} className="whitespace-normal">
        {isPending ? texts.working : texts.submit}
        {left > 0 && (
          <span className="whitespace-nowrap text-muted-foreground tabular-nums">
            ({left}&nbsp;{texts.wait})
          </span>
        )}
      </Button>
    </form>
  );
}

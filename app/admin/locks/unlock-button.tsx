import { LockOpen } from "lucide-react";
import { Button } from "@/components/ui/button";

type UnlockButtonProps = {
  id: string;
  label: string;
  /** The same with what is unlocked, for whoever hears one button after the other. */
  name: string;
  /** Address of the page, to come back to. */
  from: string;
  action: (form: FormData) => Promise<void>;
};

/** Lifts one lock: works without scripts. */
export function UnlockButton({ id, label, name, from, action }: UnlockButtonProps) {
  return (
    <form action={action}>
      <input type="hidden" name="id" value={id} />
      <input type="hidden" name="from" value={from} />
      <Button type="submit" variant="outline" size="compact" aria-label={name}>
        <LockOpen aria-hidden />
        {label}
      </Button>
    </form>
  );
}

import { KeyRound } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";

type ProviderButtonProps = {
  name: string;
  /** A path on this site to come back to. */
  next: string;
  label: string;
  /** Says that it was used last in this browser. */
  note?: string | undefined;
  /**
   * `again`: the provider shall ask for the password even of whom it knows. `connect`: what comes back is connected with the
   * account of whoever is signed in.
   */
  purpose?: "again" | "connect";
  variant?: "primary" | "outline";
};

/** Goes to an identity provider; a form, so that no link on another site does. */
export function ProviderButton({ name, next, label, note, purpose, variant = "outline" }: ProviderButtonProps) {
  return (
    <form method="post" action={`/login/${name}`} encType="application/x-www-form-urlencoded">
      <input type="hidden" name="next" value={next} />
      {purpose && <input type="hidden" name={purpose} value="true" />}
      <Button type="submit" variant={variant} className="h-auto w-full flex-wrap whitespace-normal">
        <KeyRound aria-hidden />
        <span className="min-w-0 wrap-anywhere">{label}</span>
        {note && <Badge tone="accent">{note}</Badge>}
      </Button>
    </form>
  );
}

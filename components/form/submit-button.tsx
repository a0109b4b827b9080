import { Button } from "@/components/ui/button";

type SubmitButtonProps = {
  isPending: boolean;
  texts: Record<"submit" | "working", string>;
  className?: string;
};

/** Sends the form once, and says that it is at it. */
export function SubmitButton({ isPending, texts, className }: SubmitButtonProps) {
  return (
    <Button type="submit" disabled={isPending} className={className}>
      {isPending ? texts.working : texts.submit}
    </Button>
  );
}

import Link from "next/link";
import { useTranslations } from "next-intl";
import { Button, buttonClass } from "@/components/ui/button";

/** Save and cancel, always in reach at the lower edge. */
export function FormFooter({
  submit,
  cancelHref,
  isPending,
  canSubmit = true,
}: {
  submit: string;
  cancelHref: string;
  isPending: boolean;
  canSubmit?: boolean;
}) {
  const t = useTranslations("form");
  return (
    <div className="sticky bottom-0 z-10 -mx-4 flex gap-2 border-t bg-background/95 px-4 py-3 md:mx-0 md:px-0">
      <Button type="submit" disabled={isPending || !canSubmit}>
        {isPending ? t("saving") : submit}
      </Button>
      <Link href={cancelHref} className={buttonClass({ variant: "ghost" })}>
        {t("cancel")}
      </Link>
    </div>
  );
}

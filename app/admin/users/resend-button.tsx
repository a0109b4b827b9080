import { MailCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";

type ResendButtonProps = {
  id: string;
  name: string;
  /** Address of the list, to come back to. */
  from: string;
  action: (form: FormData) => Promise<void>;
};

/** One press, one mail: works without scripts. */
export function ResendButton({ id, name, from, action }: ResendButtonProps) {
  const t = useTranslations("users");
  return (
    <form action={action}>
      <input type="hidden" name="id" value={id} />
      <input type="hidden" name="from" value={from} />
      <Button
        type="submit"
        variant="ghost"
        size="compact"
        title={t("resend")}
        aria-label={t("resendNamed", { name })}
        className="text-primary"
      >
        <MailCheck aria-hidden />
        <span className="hidden 2xl:inline">{t("resend")}</span>
      </Button>
    </form>
  );
}

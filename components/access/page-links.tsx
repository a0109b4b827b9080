import { ChevronLeft, ChevronRight } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { Button, buttonClass } from "@/components/ui/button";

type PageLinksProps = {
  /** The page that is shown, from 1. */
  page: number;
  /** How many there are; absent where nobody has counted. */
  pages?: number | undefined;
  hasNext: boolean;
  hrefOf: (page: number) => string;
};

type StepProps = { label: string; rel: "prev" | "next"; href: string | undefined };

function Step({ label, rel, href }: StepProps) {
  const content = (
    <>
      {rel === "prev" ? <ChevronLeft aria-hidden /> : <ChevronRight aria-hidden />}
      <span className="max-sm:sr-only">{label}</span>
    </>
  );
  if (href === undefined) {
    // In its place, so that nothing moves under the pointer.
    return (
      <Button variant="outline" size="compact" disabled>
        {content}
      </Button>
    );
  }
  return (
    <Link href={href} prefetch={false} rel={rel} className={buttonClass({ variant: "outline", size: "compact" })}>
      {content}
    </Link>
  );
}

/** Previous and next as plain links. */
export function PageLinks({ page, pages, hasNext, hrefOf }: PageLinksProps) {
  const t = useTranslations("access");
  const tList = useTranslations("list");
  return (
    <nav aria-label={tList("pages")} className="flex items-center gap-2">
      <Step label={tList("previous")} rel="prev" href={page > 1 ? hrefOf(page - 1) : undefined} />
      <span aria-current="page" className="px-1 whitespace-nowrap tabular-nums">
        {pages === undefined ? t("page", { page }) : t("pageOf", { page, pages })}
      </span>
      <Step label={tList("next")} rel="next" href={hasNext ? hrefOf(page + 1) : undefined} />
    </nav>
  );
}

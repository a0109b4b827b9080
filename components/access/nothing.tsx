import Link from "next/link";
import { buttonClass } from "@/components/ui/button";

type NothingProps = { title: string; text: string; link?: { href: string; label: string } | undefined };

/** In place of a table without rows: what that means, and what to do. */
export function Nothing({ title, text, link }: NothingProps) {
  return (
    <div className="px-4 py-14 text-center">
      <h2 className="font-medium">{title}</h2>
      <p className="mt-1 text-sm wrap-anywhere text-muted-foreground">{text}</p>
      {link && (
        <p className="mt-4">
          <Link href={link.href} className={buttonClass({ variant: "outline" })}>
            {link.label}
          </Link>
        </p>
      )}
    </div>
  );
}

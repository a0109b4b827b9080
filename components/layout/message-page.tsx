import Link from "next/link";
import { buttonClass } from "@/components/ui/button";

/** A page that says one thing and shows the way on. */
export function MessagePage({
  title,
  text,
  link,
}: {
  title: string;
  text: string;
  link: { href: string; label: string };
}) {
  return (
    <div className="mx-auto max-w-md py-16 text-center">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <p className="mt-3 text-muted-foreground">{text}</p>
      <p className="mt-6">
        <Link href={link.href} className={buttonClass({ variant: "outline" })}>
          {link.label}
        </Link>
      </p>
    </div>
  );
}

import Link from "next/link";
import { buttonClass } from "@/components/ui/button";
import { Brand } from "./brand";

type NoticeProps = { title: string; text: string; link: { href: string; label: string } };

/**
 * A page that says one thing and shows the way on. Next.js sends the 401, 403 and 404 pages along with every page, so they
 * carry no menu and ask for nothing.
 */
export function Notice({ title, text, link }: NoticeProps) {
  return (
    <main className="mx-auto max-w-md px-4 py-24 text-center">
      <div className="mb-10 flex justify-center text-lg">
        <Brand />
      </div>
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <p className="mt-3 text-muted-foreground">{text}</p>
      <p className="mt-6">
        <Link href={link.href} className={buttonClass({ variant: "outline" })}>
          {link.label}
        </Link>
      </p>
    </main>
  );
}

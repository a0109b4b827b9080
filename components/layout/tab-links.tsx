import Link from "next/link";
import { cn } from "@/components/ui/cn";

export type TabLink = { href: string; label: string; isHere: boolean };

/** Pages that belong together, as links beside each other. */
export function TabLinks({ title, tabs }: { title: string; tabs: TabLink[] }) {
  return (
    <nav aria-label={title} className="mb-5 flex gap-1 overflow-x-auto border-b">
      {tabs.map(({ href, label, isHere }) => (
        <Link
          key={href}
          href={href}
          prefetch={false}
          aria-current={isHere ? "page" : undefined}
          className={cn(
            "-mb-px inline-flex min-h-10 items-center border-b-2 px-3 text-sm font-medium whitespace-nowrap",
            isHere ? "border-primary text-primary" : "border-transparent text-muted-foreground hover:text-foreground",
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

import { Boxes, Home, KeyRound, type LucideIcon, Package, ScrollText, ShieldAlert, Users } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { cn } from "@/components/ui/cn";
import { isAllowed } from "@/lib/auth/allowed";
import type { Principal } from "@/lib/auth/principal";
import { type MenuLabel, routes } from "@/lib/routes";

const icons: Record<MenuLabel, LucideIcon> = {
  home: Home,
  users: Users,
  groups: Boxes,
  bundles: Package,
  permissions: KeyRound,
  // npm run new adds lines above this one
  attempts: ShieldAlert,
  audit: ScrollText,
};

export type MenuEntry = { path: string; label: MenuLabel; icon: LucideIcon };

/** The entries of the route table that `principal` may open. */
export function menuFor(principal: Principal | null): MenuEntry[] {
  return Object.entries(routes).flatMap(([path, { allow, menu }]) => {
    if (!menu) return [];
    const isOpen = allow === "public" || (principal !== null && isAllowed(principal, allow));
    return isOpen ? [{ path, label: menu, icon: icons[menu] }] : [];
  });
}

/** @param here path of the page that is shown, or the entry it belongs to */
export function Menu({ principal, here }: { principal: Principal | null; here: string }) {
  const t = useTranslations("menu");
  return (
    <nav aria-label={t("title")}>
      <ul className="grid gap-0.5">
        {menuFor(principal).map(({ path, label, icon: Icon }) => (
          <li key={path}>
            <Link
              href={path}
              aria-current={here === path ? "page" : undefined}
              className={cn(
                "flex min-h-9 items-center gap-2.5 rounded-md px-2.5 text-sm font-medium",
                here === path
                  ? "bg-primary-soft text-primary"
                  : "text-muted-foreground hover:bg-muted hover:text-foreground",
              )}
            >
              <Icon className="size-4 shrink-0" aria-hidden />
              {t(label)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

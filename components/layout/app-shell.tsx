import { ChevronsUpDown, LogOut, MenuIcon, UserRound, X } from "lucide-react";
import { cookies } from "next/headers";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import type { Principal } from "@/lib/auth/principal";
import { settings } from "@/lib/config/settings";
import { themeCookieName, themeOf } from "@/lib/theme";
import { Brand } from "./brand";
import { Flash } from "./flash";
import { Menu } from "./menu";
import { LanguageSwitch, type PreferenceAction, ThemeSwitch } from "./preferences";

type AppShellProps = {
  /** Null where a page is open to everybody and nobody is signed in. */
  principal: Principal | null;
  /** The menu entry that this page belongs to. */
  here: string;
  setPreference: PreferenceAction;
  children: ReactNode;
};

/** Language, theme and sign-out. A popover of the browser itself: opens, closes and takes Escape without scripts. */
async function UserMenu({ principal, setPreference }: Pick<AppShellProps, "principal" | "setPreference">) {
  const t = await getTranslations("userMenu");
  const tAccount = await getTranslations("account");
  const tLogout = await getTranslations("logout");
  const tLogin = await getTranslations("login");
  const theme = themeOf((await cookies()).get(themeCookieName())?.value);
  return (
    <div className="grid gap-4">
      {principal && (
        <p className="text-sm">
          <span className="block text-muted-foreground">{t("signedInAs")}</span>
          <span className="font-medium break-all">{principal.loginId}</span>
        </p>
      )}
      {principal && (
        <Link href="/account" className={buttonClass({ variant: "outline", className: "w-full" })}>
          <UserRound aria-hidden />
          {tAccount("title")}
        </Link>
      )}
      <div>
        <p className="mb-1 text-xs font-medium text-muted-foreground">{t("language")}</p>
        <LanguageSwitch action={setPreference} />
      </div>
      <div>
        <p className="mb-1 text-xs font-medium text-muted-foreground">{t("theme")}</p>
        <ThemeSwitch action={setPreference} theme={theme} />
      </div>
      {principal ? (
        <form method="post" action="/logout">
          <Button type="submit" variant="outline" className="w-full">
            <LogOut aria-hidden />
            {tLogout("submit")}
          </Button>
        </form>
      ) : (
        <Link href="/login" className={buttonClass({ variant: "primary", className: "w-full" })}>
          {tLogin("title")}
        </Link>
      )}
    </div>
  );
}

/**
 * The frame of every signed-in page. Pages put it around themselves, so that menu and name are as fresh as the page;
 * a layout would keep what it showed at the first visit.
 */
export async function AppShell({ principal, here, setPreference, children }: AppShellProps) {
  const t = await getTranslations("menu");
  const tApp = await getTranslations("app");
  const tUser = await getTranslations("userMenu");
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[15rem_1fr]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-card focus:px-3 focus:py-2"
      >
        {tApp("skip")}
      </a>

      <header className="sticky top-0 z-20 flex h-14 items-center justify-between border-b bg-card px-4 md:hidden">
        <Link href="/">
          <Brand />
        </Link>
        <Button variant="ghost" popoverTarget="phone-menu" aria-label={t("open")} size="compact" className="-mr-2">
          <MenuIcon aria-hidden />
        </Button>
      </header>
      <div
        id="phone-menu"
        popover="auto"
        className="fixed inset-y-0 right-0 left-auto m-0 h-dvh max-h-none w-72 border-l bg-card p-4 text-foreground shadow-xl backdrop:bg-black/30"
      >
        <div className="mb-4 flex justify-end">
          <Button
            variant="ghost"
            popoverTarget="phone-menu"
            popoverTargetAction="hide"
            aria-label={tApp("close")}
            size="compact"
          >
            <X aria-hidden />
          </Button>
        </div>
        <Menu principal={principal} here={here} />
        <hr className="my-4" />
        <UserMenu principal={principal} setPreference={setPreference} />
      </div>

      <aside className="sticky top-0 hidden h-dvh flex-col border-r bg-card p-3 md:flex">
        <div className="flex h-11 items-center px-2.5">
          <Link href="/">
            <Brand />
          </Link>
        </div>
        <div className="mt-3 flex-1 overflow-y-auto">
          <Menu principal={principal} here={here} />
        </div>
        <Button variant="ghost" popoverTarget="user-menu" aria-label={tUser("open")} size="compact" className="w-full">
          <span className="min-w-0 flex-1 truncate text-left">{principal?.loginId ?? settings.siteName}</span>
          <ChevronsUpDown className="text-muted-foreground" aria-hidden />
        </Button>
        <div
          id="user-menu"
          popover="auto"
          className="fixed top-auto right-auto bottom-16 left-3 m-0 w-64 rounded-lg border bg-card p-4 text-foreground shadow-lg"
        >
          <UserMenu principal={principal} setPreference={setPreference} />
        </div>
      </aside>

      <main id="content" className="mx-auto w-full max-w-7xl min-w-0 px-4 py-6 md:px-6 md:py-8">
        <Flash />
        {children}
      </main>
    </div>
  );
}

import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { setPreference } from "@/app/preferences";
import { passwordInputTexts } from "@/components/form/new-password-texts";
import { AuthCard } from "@/components/layout/auth-card";
import { Alert } from "@/components/ui/alert";
import { buttonClass } from "@/components/ui/button";
import { primaryAuthenticator } from "@/lib/auth/authenticators/registry";
import { currentPrincipal } from "@/lib/auth/current";
import { keepsPasswords } from "@/lib/auth/domains";
import { markPublic } from "@/lib/auth/guards";
import { mailsPasswordLinks } from "@/lib/auth/links";
import { safePath, withNext } from "@/lib/auth/redirects";
import { config } from "@/lib/config/env";
import { settings } from "@/lib/config/settings";
import { readFlash } from "@/lib/flash";
import { errorText } from "./error-text";
import { LoginForm } from "./login-form";
import { Providers } from "./providers";

markPublic("this is where people sign in");

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("login"))("title") };
}

type Shown = { next: string; error: string | undefined };

async function FormPage({ next, error }: Shown) {
  const t = await getTranslations("login");
  const mode = config().LOGIN_ID;
  const texts = {
    loginId: t(mode),
    password: t("password"),
    ...(await passwordInputTexts()),
    submit: t("submit"),
    working: t("working"),
  };
  const resetsPasswords = mailsPasswordLinks() && keepsPasswords();
  return (
    <>
      <LoginForm
        next={next}
        mode={mode}
        texts={texts}
        resendTexts={{ submit: t("resend.submit"), working: t("resend.working"), wait: t("resend.wait") }}
        forgot={resetsPasswords ? { href: "/forgot-password", label: t("forgot") } : undefined}
        error={error}
      />
      <Providers next={next} />
    </>
  );
}

/** Where /login leads on to another page: what people see who would otherwise be led in a circle, or in again at once. */
async function PausedPage({ target, error }: { target: string; error: string | undefined }) {
  const t = await getTranslations("login");
  return (
    <div className="grid gap-4">
      {error && <Alert kind="alert">{error}</Alert>}
      <a href={target} className={buttonClass()}>
        {t("provider.start")}
      </a>
    </div>
  );
}

export default async function LoginPage({ searchParams }: PageProps<"/login">) {
  const query = await searchParams;
  const next = safePath(query.next, settings.landing.afterLogin);
  if (await currentPrincipal().catch(() => null)) redirect(next);
  const error = await errorText(query);
  const primary = primaryAuthenticator();
  const t = await getTranslations("login");
  if (primary.kind === "credentials") {
    return (
      <AuthCard title={t("title")} setPreference={setPreference}>
        <FormPage next={next} error={error} />
      </AuthCard>
    );
  }
  const target = withNext(primary.target(), next, settings.landing.afterLogin);
  // A path of the cloner's own, which no list of routes has to know.
  if (!error && (await readFlash())?.key !== "loggedOut") redirect(target as "/");
  return (
    <AuthCard title={t("title")} setPreference={setPreference}>
      <PausedPage target={target} error={error} />
    </AuthCard>
  );
}

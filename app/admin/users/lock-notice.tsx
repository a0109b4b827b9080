import { Lock } from "lucide-react";
import { getFormatter, getTranslations } from "next-intl/server";
import { unlockOne } from "@/app/admin/locks/actions";
import { UnlockButton } from "@/app/admin/locks/unlock-button";
import { DATE_TIME } from "@/components/data-table/cell";
import { satisfies } from "@/lib/auth/conditions";
import { contextOf } from "@/lib/auth/guards";
import type { Principal } from "@/lib/auth/principal";
import { access } from "@/lib/locks/access";
import { signInLockOf } from "@/lib/locks/service";

type LockNoticeProps = {
  principal: Principal;
  /** The user's id, as it stands in the address. */
  id: string;
  /** The page with this notice, to come back to. */
  from: string;
};

/** Why somebody who has the right password cannot sign in, and the way to let them; nothing while they can. */
export async function LockNotice({ principal, id, from }: LockNoticeProps) {
  if (!satisfies(principal, access.delete)) return null;
  const lock = await signInLockOf(await contextOf(principal), id);
  if (!lock) return null;
  const t = await getTranslations("locks");
  const time = (await getFormatter()).dateTime(lock.lockedUntil, DATE_TIME);
  return (
    <div className="mb-5 flex max-w-3xl flex-wrap items-center justify-between gap-3 rounded-md border border-destructive/40 bg-destructive-soft px-3.5 py-2.5 text-sm">
      <p className="flex min-w-0 flex-1 basis-64 items-start gap-2.5">
        <Lock className="mt-0.5 size-4 shrink-0 text-destructive" aria-hidden />
        {t("signIn", { time })}
      </p>
      <UnlockButton
        id={lock.id}
        label={t("unlock")}
        name={t("unlockNamed", { name: lock.key, type: t(`choices.type.${lock.type}`) })}
        from={from}
        action={unlockOne}
      />
    </div>
  );
}

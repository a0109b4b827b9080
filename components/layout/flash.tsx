import { getTranslations } from "next-intl/server";
import { Alert } from "@/components/ui/alert";
import { droppedFlash, readFlash } from "@/lib/flash";
import { FlashShown } from "./flash-shown";

/** The message that the last action left for this page. */
export async function Flash() {
  const flash = await readFlash();
  if (!flash) return null;
  const t = await getTranslations("flash");
  // The key comes from a cookie: only one of ours is shown.
  const key = flash.key as Parameters<typeof t>[0];
  if (!t.has(key)) return null;
  return (
    <>
      <Alert kind={flash.kind} className="mb-5">
        {t(key, { name: "", max: "", ...flash.params })}
      </Alert>
      <FlashShown dropped={droppedFlash()} />
    </>
  );
}

import { getTranslations } from "next-intl/server";
import { TabLinks } from "@/components/layout/tab-links";

const PAGES = ["attempts", "locks"] as const;

/** The way between the log of attempts and the locks that they led to. */
export async function LockTabs({ here }: { here: (typeof PAGES)[number] }) {
  const t = await getTranslations("locks.tabs");
  const tabs = PAGES.map((page) => ({ href: `/admin/${page}`, label: t(page), isHere: page === here }));
  return <TabLinks title={t("title")} tabs={tabs} />;
}

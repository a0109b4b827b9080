import Link from "next/link";
import { useTranslations } from "next-intl";
import type { Problem } from "@/lib/errors";

/** The text of a problem, with a link to what stands in the way. */
export function ProblemText({ problem }: { problem: Problem }) {
  const t = useTranslations("errors");
  const key = problem.key as Parameters<typeof t>[0];
  // What is no key of ours is the browser's or a library's own text.
  const text = t.has(key) ? t(key, { min: 0, max: 0, permissions: "", ...problem.params }) : problem.key;
  return (
    <>
      {text}
      {problem.href && (
        <>
          {" "}
          <Link href={problem.href} className="underline">
            {t("showHolder")}
          </Link>
        </>
      )}
    </>
  );
}

import Link from "next/link";
import { useTranslations } from "next-intl";
import { NO_PARAMS, type Problem } from "@/lib/errors";

/** Says a problem in the reader's language. */
export function useProblemText(): (problem: Problem) => string {
  const t = useTranslations("errors");
  return ({ key: raw, params }) => {
    const key = raw as Parameters<typeof t>[0];
    // What is no key of ours is the browser's or a library's own text.
    return t.has(key) ? t(key, { ...NO_PARAMS, ...params }) : raw;
  };
}

/** The text of a problem, with a link to what stands in the way. */
export function ProblemText({ problem }: { problem: Problem }) {
  const t = useTranslations("errors");
  const text = useProblemText();
  return (
    <>
      {text(problem)}
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

"use client";

import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { type MouseEvent, useRef, useState } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import { type ListQuery, listHref } from "@/lib/crud/list-query";
import { Disclosure } from "./disclosure";
import { isPlainClick } from "./row-actions";

const FORMATS = ["csv", "xlsx"] as const;

type Progress = { bytes: number } | { problem: "failed" | "tooMany" };

/** Name of the file in a Content-Disposition header of ours. */
const fileNameIn = (response: Response) =>
  /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "export";

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Every matching row as a file. Without scripts a plain download; with them it tells how far it is and can be stopped. */
export function ExportMenu({ path, query }: { path: string; query: ListQuery }) {
  const t = useTranslations("list");
  const [progress, setProgress] = useState<Progress>();
  const stop = useRef<AbortController>(null);
  const hrefOf = (format: string) => {
    const list = listHref(`${path}/export`, { ...query, page: 1 });
    return `${list}${list.includes("?") ? "&" : "?"}format=${format}`;
  };

  const download = async (event: MouseEvent, format: string) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    const control = new AbortController();
    stop.current?.abort();
    stop.current = control;
    setProgress({ bytes: 0 });
    try {
      const response = await fetch(hrefOf(format), { signal: control.signal });
      if (response.redirected || response.status === 413) return setProgress({ problem: "tooMany" });
      if (!response.ok || !response.body) return setProgress({ problem: "failed" });
      const parts: Uint8Array<ArrayBuffer>[] = [];
      let bytes = 0;
      for (const reader = response.body.getReader(); ; ) {
        const { done, value } = await reader.read();
        if (done) break;
        parts.push(value);
        bytes += value.length;
        setProgress({ bytes });
      }
      save(new Blob(parts), fileNameIn(response));
      setProgress(undefined);
    } catch {
      setProgress(control.signal.aborted ? undefined : { problem: "failed" });
    }
  };

  const isRunning = progress !== undefined && "bytes" in progress;
  return (
    <Disclosure icon={Download} label={t("export")}>
      <p className="px-2 pb-2 text-sm text-muted-foreground">{t("exportText")}</p>
      <div className="flex gap-2 px-2">
        {FORMATS.map((format) => (
          <a
            key={format}
            href={hrefOf(format)}
            onClick={(event) => download(event, format)}
            className={buttonClass({ variant: "outline", className: "flex-1 uppercase" })}
          >
            {format}
          </a>
        ))}
      </div>
      <div role="status" className="px-2 text-sm">
        {isRunning && (
          <p className="mt-2 flex items-center justify-between gap-2">
            {t("exportProgress", { megabytes: progress.bytes / 1e6 })}
            <Button variant="ghost" size="compact" onClick={() => stop.current?.abort()}>
              {t("exportStop")}
            </Button>
          </p>
        )}
      </div>
      {progress && "problem" in progress && (
        <p role="alert" className="mt-2 px-2 text-sm text-destructive">
          {progress.problem === "tooMany" ? t("exportTooMany") : t("exportFailed")}
        </p>
      )}
    </Disclosure>
  );
}

"use client";

import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { type DeleteAction, DeleteConfirm, type DeletePreview } from "./delete-confirm";

export type Deletion = {
  /** What deleting a record would take along. */
  preview: (id: string) => Promise<DeletePreview>;
  action: DeleteAction;
};

type DeleteDialogProps = {
  deletion: Deletion;
  /** The record in question; undefined while there is none. */
  record: { id: string; name: string } | undefined;
  from: string;
  onClose: () => void;
};

/** The browser's own dialog: it keeps the focus, takes Escape, and gives the focus back. */
export function DeleteDialog({ deletion, record, from, onClose }: DeleteDialogProps) {
  const t = useTranslations("deletion");
  const dialog = useRef<HTMLDialogElement>(null);
  const [preview, setPreview] = useState<DeletePreview>();
  const [hasFailed, setFailed] = useState(false);

  useEffect(() => {
    if (!record) return;
    let isCurrent = true;
    setPreview(undefined);
    setFailed(false);
    dialog.current?.showModal();
    deletion.preview(record.id).then(
      (found) => isCurrent && setPreview(found),
      () => isCurrent && setFailed(true),
    );
    return () => {
      isCurrent = false;
    };
  }, [record, deletion]);

  const cancel = (
    <Button variant="ghost" onClick={() => dialog.current?.close()}>
      {t("cancel")}
    </Button>
  );
  return (
    <dialog
      ref={dialog}
      aria-labelledby="delete-title"
      onClose={onClose}
      className="m-auto w-full max-w-md rounded-lg border bg-card p-6 text-foreground shadow-xl backdrop:bg-black/40 max-sm:mx-4 max-sm:w-auto"
    >
      <h2 id="delete-title" className="mb-4 text-lg font-semibold break-words">
        {t("title", { name: record?.name ?? "" })}
      </h2>
      {preview && record?.id === preview.id ? (
        <DeleteConfirm preview={preview} from={from} action={deletion.action} cancel={cancel} />
      ) : (
        <div className="grid min-h-32 content-between gap-4">
          {hasFailed ? <Alert kind="alert">{t("failed")}</Alert> : <p aria-busy>{t("loading")}</p>}
          <div>{cancel}</div>
        </div>
      )}
    </dialog>
  );
}

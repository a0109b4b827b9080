"use client";

import Link from "next/link";
import { useEffect, useRef, useState } from "react";
import { Alert } from "@/components/ui/alert";
import { Button, buttonClass } from "@/components/ui/button";
import { Textarea } from "@/components/ui/textarea";

export type MadeTokenTexts = Record<"once" | "token" | "copy" | "copied" | "done", string>;

type MadeTokenProps = { name: string; accessToken: string; texts: MadeTokenTexts };

/** The new token, the only time that it is shown. */
export function MadeToken({ name, accessToken, texts }: MadeTokenProps) {
  const [isCopied, setIsCopied] = useState(false);
  const [hasScripts, setHasScripts] = useState(false);
  const fieldRef = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    setHasScripts(true);
    fieldRef.current?.focus();
    fieldRef.current?.select();
  }, []);

  const copy = async () => {
    fieldRef.current?.select();
    // Where the browser refuses, the token is marked, and the keys for copying do the rest.
    await navigator.clipboard?.writeText(accessToken).then(
      () => setIsCopied(true),
      () => undefined,
    );
  };

  return (
    <div className="grid gap-5">
      <Alert kind="status">{texts.once}</Alert>
      <div>
        <label htmlFor="accessToken" className="mb-1.5 block text-sm font-medium">
          {texts.token}: {name}
        </label>
        <Textarea
          ref={fieldRef}
          id="accessToken"
          value={accessToken}
          readOnly
          rows={8}
          spellCheck={false}
          className="w-full font-mono text-xs break-all"
        />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {hasScripts && (
          <Button type="button" onClick={copy}>
            {texts.copy}
          </Button>
        )}
        <Link href="/account" className={buttonClass({ variant: "outline" })}>
          {texts.done}
        </Link>
        <span role="status" className="text-sm text-muted-foreground">
          {isCopied && texts.copied}
        </span>
      </div>
    </div>
  );
}

"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { unstable_rethrow } from "next/navigation";
import { useActionState, useEffect, useMemo, useRef, useState, useTransition } from "react";
import {
  type DefaultValues,
  type FieldErrors,
  type FieldValues,
  type Path,
  type Resolver,
  useForm,
} from "react-hook-form";
import type { $ZodType } from "zod/v4/core";
import type { FormState } from "@/lib/crud/form-state";
import type { Problem } from "@/lib/errors";

const SERVER = "server";

type ActionFormOptions<Values extends FieldValues> = {
  schema: $ZodType<Values, Values>;
  defaults: Values;
  action: (state: FormState<Values>, form: FormData) => Promise<FormState<Values>>;
};

function toFormData(values: FieldValues, form: HTMLFormElement): FormData {
  const data = new FormData();
  // What the form carries besides the fields: id, version and the way back.
  for (const hidden of form.querySelectorAll<HTMLInputElement>("input[type=hidden][data-carry]")) {
    data.set(hidden.name, hidden.value);
  }
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) for (const item of value) data.append(name, String(item));
    else if (typeof value !== "boolean") data.set(name, String(value ?? ""));
    else if (value) data.set(name, "on");
  }
  return data;
}

/** Once the errors are on the screen. */
function focusFirstInvalid(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
}

/** Why the server did not answer a post: the form stays as it is, and says what to do. */
async function reasonOfSilence(): Promise<Problem> {
  const status = await fetch("/api/me").then(
    (response) => response.status,
    () => 0,
  );
  return { key: status === 401 ? "signedOut" : "notSaved" };
}

/**
 * One form, two ways: with scripts react-hook-form checks it in the browser with the schema of the server and then calls
 * the action; without, the browser posts it to the same action. What was typed survives a refusal either way.
 */
export function useActionForm<Values extends FieldValues>({ schema, defaults, action }: ActionFormOptions<Values>) {
  // The answer to a post without scripts comes with the page, the one to a post from here by itself.
  const [posted, formAction] = useActionState(action, {});
  const [answer, setAnswer] = useState<FormState<Values>>();
  const state = answer ?? posted;
  const [isPending, startTransition] = useTransition();
  const formRef = useRef<HTMLFormElement>(null);

  const serverErrors = useMemo(
    () =>
      Object.fromEntries(
        Object.entries(state.fields ?? {}).map(([name, { key }]) => [name, { type: SERVER, message: key }]),
      ) as FieldErrors<Values>,
    [state.fields],
  );
  const initial = (state.values ?? defaults) as DefaultValues<Values>;
  const form = useForm<Values>({
    resolver: zodResolver(schema) as Resolver<Values>,
    defaultValues: initial,
    errors: serverErrors,
    mode: "onTouched",
    shouldFocusError: false,
  });

  useEffect(() => {
    if (state.fields) focusFirstInvalid(formRef.current);
  }, [state]);

  /** What is wrong with a field, found in the browser or by the server. */
  const problemOf = (name: Path<Values>): Problem | undefined => {
    const error = form.formState.errors[name];
    if (!error) return undefined;
    const fromServer = error.type === SERVER ? state.fields?.[name] : undefined;
    return fromServer ?? { key: String(error.message ?? "") };
  };

  const save = form.handleSubmit(
    (values) => {
      const element = formRef.current;
      if (!element) return;
      startTransition(async () => {
        try {
          const next = await action(state, toFormData(values, element));
          startTransition(() => setAnswer(next));
        } catch (error) {
          // A redirect after success is thrown too, and is Next.js' business.
          unstable_rethrow(error);
          const problem = await reasonOfSilence();
          startTransition(() => setAnswer({ problem }));
        }
      });
    },
    () => focusFirstInvalid(formRef.current),
  );

  return {
    form,
    /** For the `<form>` element. */
    formProps: { ref: formRef, action: formAction, onSubmit: save, noValidate: true },
    isPending,
    formProblem: state.problem,
    /** What somebody else has saved in the meantime. */
    newer: state.newer,
    initial: initial as Values,
    problemOf,
  };
}

"use client";

import { useTranslations } from "next-intl";
import { useWatch } from "react-hook-form";
import { Carried } from "@/components/form/carried";
import { CheckboxField } from "@/components/form/checkbox-field";
import { describedBy, Field } from "@/components/form/field";
import { FormFooter } from "@/components/form/form-footer";
import { FormSection } from "@/components/form/form-section";
import { PermissionField, type PermissionOption } from "@/components/form/permission-field";
import { ProblemText } from "@/components/form/problem";
import { RelationField } from "@/components/form/relation-field";
import { useActionForm } from "@/components/form/use-action-form";
import { Alert } from "@/components/ui/alert";
import { Input } from "@/components/ui/input";
import type { ComboboxOption } from "@/components/ui/multi-combobox";
import type { FormState } from "@/lib/crud/form-state";
import { type UserInput, userSchema } from "@/lib/users/schema";

export type UserFormProps = {
  action: (state: FormState<UserInput>, form: FormData) => Promise<FormState<UserInput>>;
  defaults: UserInput;
  /** Id, version and way back of the record; no id for a new one. */
  carried: { id?: string; version?: number; from?: string };
  backHref: string;
  submit: string;
  loginIdMode: "email" | "username";
  password: { isRequired: boolean; minLength: number };
  /** Only a superuser sees the flag. */
  showsSuperuser: boolean;
  groups: ComboboxOption[];
  bundles: ComboboxOption[];
  permissions: PermissionOption[];
};

export function UserForm(props: UserFormProps) {
  const { carried, loginIdMode, password, permissions } = props;
  const t = useTranslations("users");
  const { form, formProps, isPending, formProblem, initial, problemOf } = useActionForm<UserInput>({
    schema: userSchema,
    defaults: props.defaults,
    action: props.action,
  });
  const { register, control } = form;
  const chosenPermissions = useWatch({ control, name: "permissionIds" });
  const passwordHint = carried.id
    ? t("hints.passwordKeep")
    : password.isRequired
      ? t("hints.passwordRequired", { min: password.minLength })
      : t("hints.passwordNew");
  const described = (name: "loginId" | "disabledAt" | "password" | "confirm", hint?: string) => ({
    id: name,
    "aria-invalid": problemOf(name) !== undefined,
    "aria-describedby": describedBy(name, hint, problemOf(name)),
  });
  return (
    <form {...formProps} className="grid max-w-3xl gap-5">
      <Carried values={carried} />
      {formProblem && (
        <Alert kind="alert">
          <ProblemText problem={formProblem} />
        </Alert>
      )}
      <FormSection title={t("account")}>
        <Field name="loginId" label={t(`fields.${loginIdMode}`)} problem={problemOf("loginId")}>
          <Input
            {...register("loginId")}
            {...described("loginId")}
            defaultValue={initial.loginId}
            inputMode={loginIdMode === "email" ? "email" : "text"}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
        </Field>
        <CheckboxField
          label={t("fields.isEnabled")}
          hint={t("hints.isEnabled")}
          registration={register("isEnabled")}
          initial={initial.isEnabled}
          problem={problemOf("isEnabled")}
        />
        {props.showsSuperuser && (
          <CheckboxField
            label={t("fields.isSuperuser")}
            hint={t("hints.isSuperuser")}
            registration={register("isSuperuser")}
            initial={initial.isSuperuser ?? false}
            problem={problemOf("isSuperuser")}
          />
        )}
        <Field
          name="disabledAt"
          label={t("fields.disabledAt")}
          hint={t("hints.disabledAt")}
          problem={problemOf("disabledAt")}
        >
          <Input
            {...register("disabledAt")}
            {...described("disabledAt", t("hints.disabledAt"))}
            type="date"
            defaultValue={initial.disabledAt}
            className="max-w-48"
          />
        </Field>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field name="password" label={t("fields.password")} hint={passwordHint} problem={problemOf("password")}>
            <Input
              {...register("password")}
              {...described("password", passwordHint)}
              type="password"
              autoComplete="new-password"
            />
          </Field>
          <Field name="confirm" label={t("fields.confirm")} problem={problemOf("confirm")}>
            <Input {...register("confirm")} {...described("confirm")} type="password" autoComplete="new-password" />
          </Field>
        </div>
      </FormSection>
      <FormSection title={t("access")} text={t("accessText")}>
        <RelationField
          control={control}
          name="groupIds"
          label={t("fields.groupIds")}
          options={props.groups}
          initial={initial.groupIds}
          problem={problemOf("groupIds")}
        />
        <RelationField
          control={control}
          name="bundleIds"
          label={t("fields.bundleIds")}
          options={props.bundles}
          initial={initial.bundleIds}
          problem={problemOf("bundleIds")}
        />
        <PermissionField
          label={t("fields.permissionIds")}
          permissions={permissions}
          registration={register("permissionIds")}
          initial={initial.permissionIds}
          chosenCount={chosenPermissions.length}
          problem={problemOf("permissionIds")}
        />
      </FormSection>
      <FormFooter submit={props.submit} cancelHref={props.backHref} isPending={isPending} />
    </form>
  );
}

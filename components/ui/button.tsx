import type { ComponentProps } from "react";
import { cn } from "./cn";

const base =
  "inline-flex min-h-9 items-center justify-center gap-2 whitespace-nowrap rounded-md py-1.5 text-sm font-medium transition-colors motion-reduce:transition-none disabled:cursor-not-allowed disabled:opacity-60 [&_svg]:size-4 [&_svg]:shrink-0";

const variants = {
  primary: "bg-primary text-primary-foreground hover:bg-primary/90",
  outline: "border border-input bg-card text-foreground hover:bg-muted",
  ghost: "text-foreground hover:bg-muted",
  danger: "bg-destructive text-background hover:bg-destructive/90",
};

export type ButtonVariant = keyof typeof variants;

const sizes = {
  default: "px-3.5",
  /** For an icon, with or without a word. */
  compact: "px-2.5",
};

type Look = { variant?: ButtonVariant; size?: keyof typeof sizes; className?: string | undefined };

/** The look of a button, for links that act as one. */
export const buttonClass = ({ variant = "primary", size = "default", className }: Look = {}) =>
  cn(base, variants[variant], sizes[size], className);

export function Button({ variant, size, type = "button", className, ...props }: ComponentProps<"button"> & Look) {
  return (
    <button
      type={type}
      className={buttonClass({ ...(variant && { variant }), ...(size && { size }), className })}
      {...props}
    />
  );
}

import { notFound, redirect } from "next/navigation";
import { mailsPasswordLinks } from "@/lib/auth/links";

/** Says that a link is void, whatever the reason, and offers the form for another one. */
export const INVALID_LINK_PATH = "/forgot-password?link=invalid";

/** Leads pages and actions there; without mail there is nothing at such addresses. */
export function leaveInvalidLink(): never {
  if (!mailsPasswordLinks()) notFound();
  redirect(INVALID_LINK_PATH);
}

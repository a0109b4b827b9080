import type { LinkHolder } from "@/lib/auth/links";

/**
 * Where a user's mail goes: the stored address, in its canonical form if it was typed with letters that only look like
 * those of an address.
 */
export function addressOf({ loginId, loginIdCanonical }: Pick<LinkHolder, "loginId" | "loginIdCanonical">): string {
  const typed = loginId.trim();
  return typed.toLowerCase() === loginIdCanonical && !/[^\x21-\x7e]/.test(typed) ? typed : loginIdCanonical;
}

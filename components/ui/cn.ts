import { type ClassValue, clsx } from "clsx";

/** Joins class names; conflicts are avoided by not writing them, so no merging library is needed. */
export const cn = (...classes: ClassValue[]): string => clsx(classes);

/** What went wrong, for the log: on one line and not endless, whatever others have put into it. */
export const logLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").slice(0, 500);

import type { Problem } from "@/lib/errors";

/** What the browser knows of a bulk action. */

/** What became of some of the records. */
export type BulkResult = {
  changed: number;
  unchanged: number;
  refused: { id: string; label: string; problem: Problem }[];
};

/** A run so far. The page carries it from step to step, so that the server keeps nothing. */
export type BulkState = BulkResult & {
  /** All that were refused; reasons are kept of some. */
  refusedCount: number;
  /** The last record done; "" before the first step. */
  cursor: string;
  isDone: boolean;
  problem?: Problem;
};

export const newBulkState: BulkState = {
  changed: 0,
  unchanged: 0,
  refused: [],
  refusedCount: 0,
  cursor: "",
  isDone: false,
};

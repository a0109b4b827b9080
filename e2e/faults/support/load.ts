import { setTimeout as pause } from "node:timers/promises";

/** Kinds of work that go on side by side while something fails, and what was told of each piece of it. */

/**
 * `ok`: done, as far as whoever asked was told. `unavailable`: told so, by a 503 or by the words for it. `broken`: no whole
 * answer. Anything else is what it was instead, which no test forgives.
 */
export type Told = "ok" | "unavailable" | "broken" | `wrong: ${string}`;

/** One piece of work: its answer, and what to look for afterwards. */
export type Piece = { kind: string; told: Told; key?: string; ms: number };

export type Work = { kind: string; once: () => Promise<{ told: Told; key?: string }> };

/** A load that goes on until it is ended. */
export type Load = {
  pieces: readonly Piece[];
  /** Resolves once each kind of work was told `told` so often from now on. */
  until: (told: Told, times: number) => Promise<void>;
  end: () => Promise<readonly Piece[]>;
};

/** Whoever was refused does not ask again in the same moment. */
const BETWEEN_MS = 20;

export function startLoad(works: readonly Work[]): Load {
  const pieces: Piece[] = [];
  const watchers = new Set<() => void>();
  let isEnding = false;
  async function goOn({ kind, once }: Work): Promise<void> {
    while (!isEnding) {
      const startedAt = performance.now();
      const { told, key } = await once();
      pieces.push({ kind, told, ms: performance.now() - startedAt, ...(key !== undefined && { key }) });
      for (const watch of watchers) watch();
      if (told !== "ok") await pause(BETWEEN_MS);
    }
  }
  const all = Promise.all(works.map(goOn));
  return {
    pieces,
    until(told, times) {
      const from = pieces.length;
      const isReached = () =>
        works.every(
          ({ kind }) =>
            pieces.slice(from).filter((piece) => piece.kind === kind && piece.told === told).length >= times,
        );
      return new Promise((resolve) => {
        const watch = () => {
          if (!isReached()) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
      });
    },
    async end() {
      isEnding = true;
      await all;
      return pieces;
    },
  };
}

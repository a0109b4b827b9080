/** One measured figure, and whether it is as it should be. */
export type Figure = {
  /** What it belongs to: a heading of the report. */
  section?: string;
  name: string;
  value: number;
  unit: string;
  /** At most or at least this; none where a figure is only told. */
  target?: { atMost: number } | { atLeast: number };
};

/** What is compared with a baseline is a ratio of two figures of one run: machines differ, and so do their days. */
export const RATIO = "×";

export const isMet = ({ value, target }: Figure): boolean | undefined => {
  if (!target) return undefined;
  return "atMost" in target ? value <= target.atMost : value >= target.atLeast;
};

export const rounded = (value: number) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));

export function targetText({ target, unit }: Figure): string {
  if (!target) return "";
  return "atMost" in target
    ? `≤ ${target.atMost.toLocaleString("en")} ${unit}`
    : `≥ ${target.atLeast.toLocaleString("en")} ${unit}`;
}

/** A line for people. */
export function lineOf(figure: Figure): string {
  const mark = { true: "✓", false: "✗", undefined: " " }[String(isMet(figure)) as "true"];
  const value = `${rounded(figure.value).toLocaleString("en")} ${figure.unit}`;
  return `${mark} ${figure.name.padEnd(58)} ${value.padStart(16)}  ${targetText(figure)}`.trimEnd();
}

/** What got worse than the baseline by more than a quarter. */
export function regressions(now: readonly Figure[], baseline: readonly Figure[]): string[] {
  const before = new Map(baseline.map((figure) => [figure.name, figure.value]));
  return now.flatMap(({ name, value, unit, target }) => {
    const was = before.get(name);
    if (was === undefined || unit !== RATIO) return [];
    const isWorse = target && "atLeast" in target ? value < was / 1.25 : value > was * 1.25;
    return isWorse ? [`${name}: ${rounded(value)} ${unit}, before ${rounded(was)} ${unit}`] : [];
  });
}

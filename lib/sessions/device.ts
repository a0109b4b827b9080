/** Names of browser and system as people know them; null where the user agent tells neither. */
export type Device = { browser: string | null; system: string | null };

type Mark = readonly [name: string, mark: RegExp];

/** In order: most browsers also claim to be those further down. */
const browsers: readonly Mark[] = [
  ["Edge", /\bEdg(e|A|iOS)?\//],
  ["Opera", /\b(OPR|OPiOS|Opera)\//],
  ["Samsung Internet", /\bSamsungBrowser\//],
  ["Vivaldi", /\bVivaldi\//],
  ["Firefox", /\b(Firefox|FxiOS)\//],
  ["Chrome", /\b(CriOS|Chrome|HeadlessChrome|Chromium)\//],
  ["Safari", /\bVersion\/[\d.]+ .*\bSafari\//],
  ["curl", /^curl\//],
];

/** In order: an iPhone says "like Mac OS X", and Android says Linux. */
const systems: readonly Mark[] = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["macOS", /\bMac OS X\b|\bMacintosh\b/],
  ["Linux", /\bLinux\b/],
];

const nameIn = (marks: readonly Mark[], text: string) => marks.find(([, mark]) => mark.test(text))?.[0] ?? null;

/**
 * What a user agent says of its device. Good enough to tell one's own sessions apart; it is what the browser claims, so
 * nothing may be decided by it.
 */
export function deviceOf(userAgent: string | null): Device {
  const text = userAgent ?? "";
  return { browser: nameIn(browsers, text), system: nameIn(systems, text) };
}

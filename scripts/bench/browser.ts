import { chromium } from "@playwright/test";
import { findChromium } from "@/scripts/chromium";
import { type Figure, RATIO } from "./figure";
import type { Site } from "./sections";

/** What people with a slow phone wait for: the largest thing on the page, on a throttled line and processor. */

const ROUNDS = 5;
const SLOW_LINE = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1024 * 1024) / 8,
  uploadThroughput: (750 * 1024) / 8,
};

type Shown = { largest: number; shift: number };

/** Runs in the page, once it has come to rest. A text: what runs this file would put names of its own into a function. */
const READ_ENTRIES = `new Promise((resolve) => {
  const shown = { largest: NaN, shift: 0 };
  const watch = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("largest-contentful-paint", (entry) => { shown.largest = entry.startTime; });
  watch("layout-shift", (entry) => { shown.shift += entry.value; });
  setTimeout(() => resolve(shown), 500);
})`;

const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The login page against one that has nothing of its own. */
export async function inBrowser({ url }: Pick<Site, "url">): Promise<Figure[]> {
  const executablePath = await findChromium();
  if (!executablePath) return [];
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  async function look(path: string): Promise<Shown> {
    // A new one each time: nothing is in its cache.
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true });
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", SLOW_LINE);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await page.goto(url + path, { waitUntil: "networkidle" });
    const shown = await page.evaluate<Shown>(READ_ENTRIES);
    await context.close();
    return shown;
  }
  const all: Record<"empty" | "login", Shown[]> = { empty: [], login: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    all.empty.push(await look("/bench-open"));
    all.login.push(await look("/login"));
  }
  await browser.close();
  const [empty, login] = [all.empty, all.login].map((each) => middle(each.map(({ largest }) => largest)));
  return [
    { name: "largest thing of a page without any of its own, slow phone", value: empty ?? Number.NaN, unit: "ms" },
    { name: "largest thing of the login page, slow phone", value: login ?? Number.NaN, unit: "ms" },
    {
      name: "login ÷ empty",
      value: (login ?? Number.NaN) / (empty ?? Number.NaN),
      unit: RATIO,
      target: { atMost: 1.1 },
    },
    {
      name: "layout shift of the login page",
      value: Math.max(...all.login.map(({ shift }) => shift)),
      unit: "",
      target: { atMost: 0 },
    },
  ];
}

import { defineConfig, devices } from "@playwright/test";

/**
 * Off, since each new window of a whole Chromium would start processes for the suggestions below its address bar. Chromium
 * heeds only the last such list, so that what Playwright leaves off by default is repeated after them.
 */
const FEATURES_OFF = [
  ...["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"],
  ...["AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"],
  ...["DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay"],
  ...["MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"],
  ...["ThirdPartyStoragePartitioning"],
];

/** Browser tests against the production build. e2e/global-setup.ts starts the database and the servers. */
export default defineConfig({
  testDir: "./e2e",
  globalSetup: "./e2e/global-setup.ts",
  workers: 2,
  fullyParallel: true,
  // Long forms of tests that are here in a short one: npm run test:attack and npm run test:faults have them.
  ...(process.env.E2E_LONG !== "true" && { grepInvert: /@long/ }),
  forbidOnly: Boolean(process.env.CI),
  // Generous: a slow machine must not look like a fault.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  outputDir: "./test-results",
  use: {
    // Known only once global-setup has run; workers read this file again.
    baseURL: process.env.E2E_BASE_URL ?? "http://localhost",
    locale: "en-US",
    // Costs a good part of the time of the tests; `npx playwright test --trace on` has it for a second look.
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      args: [`--disable-features=${FEATURES_OFF.join()}`],
      ...(process.env.CHROMIUM_PATH && { executablePath: process.env.CHROMIUM_PATH }),
    },
  },
  projects: [
    { name: "desktop", use: devices["Desktop Chrome"], testIgnore: /noscript|phone/ },
    {
      name: "phone",
      use: { ...devices["Pixel 7"], viewport: { width: 390, height: 844 } },
      testMatch: /phone|accessibility/,
    },
    { name: "noscript", use: { ...devices["Desktop Chrome"], javaScriptEnabled: false }, testMatch: /noscript/ },
  ],
});

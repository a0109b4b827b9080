import { defineConfig } from "vitest/config";

/** Unit and service tests: beside the files they test, service tests on a real PostgreSQL of their own. */
export default defineConfig({
  resolve: {
    alias: {
      "@": import.meta.dirname,
      // What these take from the server that serves the request, tests hand out: lib/testing/requests.ts.
      "next/headers": `${import.meta.dirname}/lib/testing/next/headers.ts`,
      "next-intl/server": `${import.meta.dirname}/lib/testing/next/intl-server.ts`,
    },
  },
  test: {
    environment: "node",
    include: ["{app,components,lib,scripts}/**/*.test.{ts,tsx}"],
    globalSetup: "lib/testing/global-setup.ts",
    // An empty value counts as absent: tests never touch a database that the developer's shell or CI points to.
    env: {
      NODE_ENV: "test",
      DATABASE_URL: "",
      AUTH_SECRET: "a secret for tests that is long enough to be one",
      // As next.config.ts has it: forbidden() is there.
      __NEXT_EXPERIMENTAL_AUTH_INTERRUPTS: "true",
    },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is waited for may take longer than a second on a machine with much to do.
    expect: { poll: { timeout: 10_000 } },
    fileParallelism: true,
    maxWorkers: "100%",
  },
});

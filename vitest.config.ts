import { defineConfig } from "vitest/config";

/** Unit and service tests: beside the files they test, service tests on a real PostgreSQL of their own. */
export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    environment: "node",
    include: ["components/**/*.test.ts", "lib/**/*.test.ts", "scripts/**/*.test.ts"],
    globalSetup: "lib/testing/global-setup.ts",
    // An empty value counts as absent: tests never touch a database that the developer's shell or CI points to.
    env: { NODE_ENV: "test", DATABASE_URL: "", AUTH_SECRET: "a secret for tests that is long enough to be one" },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    fileParallelism: true,
    maxWorkers: "100%",
  },
});

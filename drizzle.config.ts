import { defineConfig } from "drizzle-kit";

/** Used by `npm run migration` only, to write SQL from the schema; the app applies it with its own runner. */
export default defineConfig({
  dialect: "postgresql",
  schema: "./lib/db/schema/*.ts",
  out: "./drizzle",
});

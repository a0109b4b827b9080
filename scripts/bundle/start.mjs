import nextEnv from "@next/env";

/**
 * Starts the server of the bundle. This file lies beside its server.js, which goes to its own folder, knows no other .env
 * files than those there, and binds to HOSTNAME, by which shells and containers mean the name of the machine.
 */

process.env.NODE_ENV = "production";
nextEnv.loadEnvConfig(process.cwd(), false, { info: () => {}, error: console.error });
process.env.HOSTNAME = process.env.LISTEN_ADDRESS || "0.0.0.0";

await import("./server.js");

import nextEnv from "@next/env";
import { logOf } from "@/lib/log/log";

/** For programs beside the server: reads the .env files that it reads, and what the terminal says of its language. */

export function loadEnvFiles(): void {
  const isDevelopment = process.env.NODE_ENV !== "production";
  nextEnv.loadEnvConfig(process.cwd(), isDevelopment, {
    info: () => {},
    error: (...parts: unknown[]) => logOf("config").error(parts.map(String).join(" ")),
  });
}

/** Language tag of the terminal, such as es-ES: LC_ALL, LC_MESSAGES, LANG in this order (POSIX). */
export function terminalLanguage(): string | null {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  const setting = LC_ALL || LC_MESSAGES || LANG || "";
  return setting.split(/[.@]/)[0]?.replace("_", "-") || null;
}

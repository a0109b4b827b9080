import { isHttpsOrLoopback, isLoopback } from "@/lib/config/encrypted";
import { config } from "@/lib/config/env";
import { type Finding, warning } from "./finding";

/** Connections to other machines that others on the way could read; the configuration allows them, for networks of one's own. */

const ENCRYPTED_MODES = ["require", "verify-ca", "verify-full"];

const hostOf = (url: string) => new URL(url).host;

/** PostgreSQL by a socket of this machine has no host, or a folder in its place. */
function isDatabaseInClear(url: string): boolean {
  const { hostname, searchParams } = new URL(url);
  const host = searchParams.get("host") ?? hostname;
  if (host === "" || host.startsWith("/") || isLoopback(url)) return false;
  return !ENCRYPTED_MODES.includes(searchParams.get("sslmode") ?? "");
}

/** Without `requireTLS` mail goes in clear where the server, or somebody in its place, offers nothing else. */
const isMailInClear = (url: string) =>
  url.startsWith("smtp:") && !isLoopback(url) && new URL(url).searchParams.get("requireTLS") !== "true";

export function checkEncryption(): Finding[] {
  const { DATABASE_URL, MAIL_TRANSPORT, SMTP_URL, mailEnabled } = config();
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT } = config();
  const isMailUsed = mailEnabled && MAIL_TRANSPORT === "smtp";
  const found: [key: string, url: string | undefined, isInClear: (url: string) => boolean][] = [
    ["databaseInClear", DATABASE_URL, isDatabaseInClear],
    ["mailInClear", isMailUsed ? SMTP_URL : undefined, isMailInClear],
    [
      "tracesInClear",
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? OTEL_EXPORTER_OTLP_ENDPOINT,
      (url) => !isHttpsOrLoopback(url),
    ],
  ];
  return found.flatMap(([key, url, isInClear]) =>
    url && URL.canParse(url) && isInClear(url) ? [warning(key, { host: hostOf(url) })] : [],
  );
}

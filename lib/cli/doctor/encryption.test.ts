import { expect, it } from "vitest";
import { withEnvironment } from "@/lib/testing/environment";
import { checkEncryption } from "./encryption";

/** The keys of what is warned of with these settings. */
const warnedOf = (settings: Record<string, string>) =>
  withEnvironment(settings, () => checkEncryption().map(({ state, key, params }) => `${state} ${key} ${params?.host}`));

const DATABASE_URL = "postgres://gatehouse:secret@db.example.com:5432/gatehouse";

it.each<[Record<string, string>, string]>([
  [{ DATABASE_URL }, "warning databaseInClear db.example.com:5432"],
  [{ DATABASE_URL: `${DATABASE_URL}?sslmode=prefer` }, "warning databaseInClear db.example.com:5432"],
  [{ MAIL_TRANSPORT: "smtp", SMTP_URL: "smtp://u:p@mail.example.com:587" }, "warning mailInClear mail.example.com:587"],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel.example.com:4318" }, "warning tracesInClear otel.example.com:4318"],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://otel.example.com/v1" }, "warning tracesInClear otel.example.com"],
])("warns of a connection that others could read: %o", async (settings, finding) => {
  expect(await warnedOf(settings)).toEqual([finding]);
});

it.each<Record<string, string>>([
  { DATABASE_URL: `${DATABASE_URL}?sslmode=require` },
  { DATABASE_URL: `${DATABASE_URL}?sslmode=verify-full` },
  { DATABASE_URL: "postgres://localhost:5432/gatehouse" },
  { DATABASE_URL: "postgres:///gatehouse?host=/run/postgresql" },
  { MAIL_TRANSPORT: "smtp", SMTP_URL: "smtp://127.0.0.1:25" },
  { MAIL_TRANSPORT: "smtp", SMTP_URL: "smtps://mail.example.com" },
  { MAIL_TRANSPORT: "smtp", SMTP_URL: "smtp://mail.example.com:587?requireTLS=true" },
  { MAIL_TRANSPORT: "smtp", SMTP_URL: "smtp://mail.example.com:587", EMAIL_ENABLED: "false" },
  { OTEL_EXPORTER_OTLP_ENDPOINT: "https://otel.example.com:4318" },
  { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318" },
])("says nothing of %o", async (settings) => {
  expect(await warnedOf(settings)).toEqual([]);
});

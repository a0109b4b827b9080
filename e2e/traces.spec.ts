import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "./fixtures";
import { type Isolated, startIsolated } from "./support/isolated";
import { freePort } from "./support/process";

test.describe.configure({ mode: "serial" });

const TOKEN = "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
const TRACE = "0af7651916cd43dd8448eb211c80319c";

type Attribute = { key: string; value: { stringValue?: string } };
type Span = { traceId: string; name: string; attributes: Attribute[] };
type Sent = { resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: Span[] }[] }[] };

/** A collector that keeps what it is sent; one that hangs never answers. */
async function startCollector(isHanging = false) {
  const bodies: string[] = [];
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    if (!isHanging) response.setHeader("content-type", "application/json").end("{}");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    text: () => bodies.join("\n"),
    resources: () => bodies.flatMap((body) => (JSON.parse(body) as Sent).resourceSpans),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

let site: Isolated;
test.beforeAll(async () => {
  site = await startIsolated("traces", { SMTP_URL: "smtp://127.0.0.1:1" });
});
test.afterAll(() => site?.end());

test("spans of requests arrive, follow the trace of the caller, and tell no token and no query", async () => {
  const collector = await startCollector();
  const server = await site.startAnother({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_SERVICE_NAME: "front-door",
  });
  const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
  expect((await fetch(`${server.url}/login?next=/secret-place`, { headers })).status).toBe(200);
  for (const path of ["reset-password", "verify-account", "account/confirm-email"]) {
    await fetch(`${server.url}/${path}/018f/${TOKEN}?from=mail`, { headers, redirect: "manual" });
  }
  server.child.kill("SIGTERM");
  // What was not sent yet is sent at the end.
  expect(await server.exited).toBe(0);
  const spans = collector.resources().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  const routes = spans.flatMap(({ attributes }) =>
    attributes.filter(({ key }) => key === "http.route").map(({ value }) => value.stringValue),
  );
  expect(routes).toContain("/login");
  expect(spans.filter(({ traceId }) => traceId === TRACE).length).toBeGreaterThan(0);
  expect(collector.resources()[0]?.resource.attributes).toContainEqual({
    key: "service.name",
    value: { stringValue: "front-door" },
  });
  expect(collector.text()).toContain("/reset-password/018f/[token]");
  expect(collector.text()).not.toContain(TOKEN);
  expect(collector.text()).not.toMatch(/secret-place|from=mail/);
  expect(server.output()).toContain(`"traceId":"${TRACE}"`);
  collector.stop();
});

for (const kind of ["dead", "hanging"] as const) {
  test(`a ${kind} collector changes nothing`, async () => {
    const collector = await startCollector(true);
    const endpoint = kind === "dead" ? `http://127.0.0.1:${await freePort()}` : collector.url;
    const server = await site.startAnother({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_BSP_SCHEDULE_DELAY: "50",
      // So long that whoever waited for the exporter would not come to the end of this test.
      OTEL_EXPORTER_OTLP_TIMEOUT: "600000",
      OTEL_BSP_EXPORT_TIMEOUT: "600000",
    });
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(`${server.url}/login`)));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      await answer.text();
    }
    if (kind === "hanging") await expect.poll(collector.text).toContain("resourceSpans");
    server.child.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    expect(server.output()).not.toContain('"level":"error"');
    collector.stop();
  });
}

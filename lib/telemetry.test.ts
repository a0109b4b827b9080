import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { expect, it } from "vitest";
import { recordLog } from "@/lib/testing/log";
import { maskingExporter } from "./telemetry";

const logged = recordLog();

it("sends no token, no query and no message of an error", () => {
  const kept = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(maskingExporter(kept))] });
  const span = provider.getTracer("test").startSpan("GET /reset-password/018f/t0ken");
  span.setAttributes({
    "http.target": "/login?next=/s3cret",
    "http.status_code": 200,
    "next.span_name": "/a?b=s3cret",
  });
  span.recordException(new Error("Failed query: select … params: s3cret"));
  span.setStatus({ code: 2, message: "Failed query: … params: s3cret" });
  span.end();
  const [sent] = kept.getFinishedSpans();
  expect(sent).toMatchObject({ name: "GET /reset-password/018f/[token]", status: { code: 2 } });
  expect(sent?.attributes).toEqual({ "http.target": "/login", "http.status_code": 200, "next.span_name": "/a" });
  expect(sent?.status.message).toBeUndefined();
  expect(sent?.events.map(({ name, attributes }) => ({ name, attributes }))).toEqual([
    { name: "exception", attributes: { "exception.type": "Error" } },
  ]);
  expect(sent?.spanContext()).toEqual(span.spanContext());
});

it("tells once that the collector does not take anything, until it does", () => {
  const answers = [1, 1, 0, 1];
  const exporter = maskingExporter({
    export: (_spans, done) => done({ code: answers.shift() ?? 0, error: new Error("refused") }),
    shutdown: () => Promise.resolve(),
  });
  for (let n = 0; n < 4; n += 1) exporter.export([], () => undefined);
  expect(logged("warn")).toEqual(Array(2).fill("[telemetry] the collector does not take traces: refused"));
});

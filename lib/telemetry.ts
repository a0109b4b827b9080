import type { Attributes } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { config } from "@/lib/config/env";
import { logOf } from "@/lib/log/log";
import { currentRequest } from "@/lib/log/request";
import { maskedText } from "@/lib/server/masked";

/** Traces by OpenTelemetry. Next.js makes the spans once somebody collects them. */

const log = logOf("telemetry");

const maskedValue = (value: Attributes[string]) => (typeof value === "string" ? maskedText(value) : value);

const maskedAttributes = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, maskedValue(value)]));

/** Messages of errors quote statements with their parameters; the log has what may be told, under the same trace id. */
const QUOTING = new Set(["exception.message", "exception.stacktrace"]);

const withoutQuotes = (attributes: Attributes = {}): Attributes =>
  maskedAttributes(Object.fromEntries(Object.entries(attributes).filter(([name]) => !QUOTING.has(name))));

/** The span as others may see it: without queries, tokens in paths, and messages of errors. */
export const maskedSpan = (span: ReadableSpan): ReadableSpan =>
  Object.create(span, {
    name: { value: maskedText(span.name) },
    attributes: { value: maskedAttributes(span.attributes) },
    status: { value: { code: span.status.code } },
    events: {
      value: span.events.map((event) => ({
        ...event,
        name: maskedText(event.name),
        attributes: withoutQuotes(event.attributes),
      })),
    },
  });

/** Masks what `exporter` sends, and tells once when the collector does not take it. */
export function maskingExporter(exporter: SpanExporter): SpanExporter {
  let isReported = false;
  return {
    export(spans, done) {
      exporter.export(spans.map(maskedSpan), (result) => {
        const isFailed = result.code !== 0;
        if (isFailed && !isReported) log.warn("the collector does not take traces", { fault: result.error?.message });
        isReported = isFailed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}

/** Lets the log name the trace of a request, also where its span is not the active one. */
const traceNoter: SpanProcessor = {
  onStart(span: Span) {
    const request = currentRequest();
    if (request) request.traceId ??= span.spanContext().traceId;
  },
  onEnd() {},
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/**
 * Collects and sends traces from now on, where OTEL_EXPORTER_OTLP_ENDPOINT says where to; loads nothing otherwise.
 * @returns a function that sends what is left, for a process that ends
 */
export async function startTelemetry(): Promise<() => Promise<void>> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_SERVICE_NAME } = config();
  if (!(OTEL_EXPORTER_OTLP_ENDPOINT ?? OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)) return async () => {};
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import("@opentelemetry/sdk-trace-node"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
    ]);
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": OTEL_SERVICE_NAME }),
    // The exporter finds the collector in the environment.
    spanProcessors: [traceNoter, new BatchSpanProcessor(maskingExporter(new OTLPTraceExporter()))],
  });
  // Also follows the trace that a request comes with (W3C Trace Context).
  provider.register();
  return () => provider.shutdown();
}

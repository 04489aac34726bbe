import {
  isSpanContextValid,
  metrics,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import type { Attributes, Context, Counter, Histogram } from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import type { DependencyRecord, EventRecord, MeasureRecord, TelemetryRecord } from './records.js';

/** What the providers of the SDK can do, and their types in the API do not say. */
interface Flushing {
  readonly forceFlush: () => Promise<void>;
}
interface Proxied {
  readonly getDelegate: () => Flushing;
}

/** Gives records to the SDK that is installed, and sends them. Call it after the SDK has been installed. */
export interface Emitter {
  /** False for a record that sampling leaves out. */
  readonly emit: (record: TelemetryRecord) => boolean;
  /** Sends what was emitted; resolves when it is over, however it went: after half a minute at the latest, as the library limits itself. */
  readonly flush: () => Promise<void>;
}

export function createEmitter(): Emitter {
  const tracer = trace.getTracer('model-performance-api');
  const logger = logs.getLogger('model-performance-api');
  const meter = metrics.getMeter('model-performance-api');
  const instruments = new Map<string, (record: MeasureRecord) => void>();

  function dependency({
    traceparent,
    name,
    method,
    target,
    startMs,
    durationMs,
    status,
    success,
    ...more
  }: DependencyRecord) {
    const attributes: Attributes = {
      'http.request.method': method,
      'peer.service': target,
      ...(status !== undefined && { 'http.response.status_code': status }),
      ...attributesOf(more),
    };
    const span = tracer.startSpan(
      name,
      { kind: SpanKind.CLIENT, startTime: startMs, attributes },
      contextOf(traceparent),
    );
    if (!success) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(startMs + durationMs);
    return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
  }

  function event({ kind, traceparent, name, atMs, stack = '', ...more }: EventRecord) {
    const own =
      kind === 'event'
        ? { 'microsoft.custom_event.name': name }
        : { 'exception.type': name, 'exception.message': name, 'exception.stacktrace': stack };
    logger.emit({
      timestamp: atMs,
      context: contextOf(traceparent),
      severityNumber: kind === 'event' ? SeverityNumber.INFO : SeverityNumber.ERROR,
      attributes: { ...own, ...attributesOf(more) },
    });
  }

  function measure(record: MeasureRecord) {
    let add = instruments.get(record.name);
    if (add === undefined) {
      add =
        record.kind === 'sum'
          ? adding(meter.createCounter(record.name))
          : recording(meter.createHistogram(record.name));
      instruments.set(record.name, add);
    }
    add(record);
  }

  return {
    emit: (record) => {
      if (record.kind === 'dependency') return dependency(record);
      if ('sum' in record) measure(record);
      else event(record);
      return true;
    },
    flush: async () => {
      const providers = [
        (trace.getTracerProvider() as unknown as Proxied).getDelegate(),
        logs.getLoggerProvider() as unknown as Flushing,
        metrics.getMeterProvider() as unknown as Flushing,
      ];
      await Promise.allSettled(providers.map((provider) => provider.forceFlush()));
    },
  };
}

const adding =
  (counter: Counter) =>
  ({ sum, texts }: MeasureRecord) => {
    counter.add(sum, texts);
  };
const recording =
  (histogram: Histogram) =>
  ({ count, sum, least, greatest, texts }: MeasureRecord) => {
    // What is sent are count, sum, least and greatest: values between that add up to the sum are as good as the real ones.
    const between = (sum - least - greatest) / (count - 2);
    histogram.record(least, texts);
    if (count > 1) histogram.record(greatest, texts);
    for (let left = count - 2; left > 0; left -= 1) histogram.record(between, texts);
  };

function attributesOf({ texts, numbers }: Pick<EventRecord, 'texts' | 'numbers'>): Attributes {
  return { ...texts, 'microsoft.custom_measurements': JSON.stringify(numbers) };
}

/** The place in the trace that a `traceparent` names; the beginning of a trace of its own without a usable one. */
function contextOf(traceparent: string | undefined): Context {
  const [, traceId = '', spanId = ''] =
    /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}/.exec(traceparent ?? '') ?? [];
  // The host's sampling flag is ignored: the setting decides what is kept of ours.
  const parent = { traceId, spanId, traceFlags: 1, isRemote: true };
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

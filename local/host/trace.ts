import { randomBytes } from 'node:crypto';

const traceParentForm = /^00-(?<trace>[0-9a-f]{32})-(?<parent>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})$/;

/**
 * The trace context of a call (W3C Trace Context): the caller's trace, with a new span for the host's own request in between. Without a
 * usable `traceparent` a new trace begins, not sampled, and `tracestate` is dropped.
 */
export function traceContext(headers: Readonly<Record<string, string>>): { traceParent: string; traceState: string } {
  const span = randomBytes(8).toString('hex');
  const { trace, parent, flags } = traceParentForm.exec(headers.traceparent ?? '')?.groups ?? {};
  if (!trace || !parent || !flags || /^0+$/.test(trace) || /^0+$/.test(parent)) {
    return { traceParent: `00-${randomBytes(16).toString('hex')}-${span}-00`, traceState: '' };
  }
  return { traceParent: `00-${trace}-${span}-${flags}`, traceState: headers.tracestate ?? '' };
}

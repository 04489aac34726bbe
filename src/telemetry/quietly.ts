import type { Telemetry } from './telemetry.js';

/** Runs what only reports. That it fails must not change an answer: an update that was applied would be told as lost. */
export function quietly(report: () => void): void {
  try {
    report();
  } catch {
    // There is nobody to tell.
  }
}

/** Telemetry none of whose reports can throw, whatever breaks beneath it. */
export function quiet(telemetry: Telemetry): Telemetry {
  const of = <Given extends readonly unknown[]>(report: (...given: Given) => void) => {
    return (...given: Given) => {
      quietly(() => {
        report(...given);
      });
    };
  };
  return {
    ...telemetry,
    attempt: of(telemetry.attempt),
    tokenCall: of(telemetry.tokenCall),
    audit: of(telemetry.audit),
    exception: of(telemetry.exception),
    drift: of(telemetry.drift),
  };
}

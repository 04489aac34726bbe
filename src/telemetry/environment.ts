import { createHash } from 'node:crypto';
import { hostname } from 'node:os';

/** Name of this app in telemetry (cloud_RoleName). */
const roleName = 'model-performance-api';

/** What of the process's environment the telemetry thread needs: the identity's endpoint and the way to the network. */
const passedOn = /^(IDENTITY_ENDPOINT|IDENTITY_HEADER|https?_proxy|all_proxy|no_proxy)$/i;

/**
 * The environment of the telemetry thread. The library takes most of its switches from there, and says more about the
 * machine than anybody asked for when it finds the platform's variables.
 * @param environment of the process
 */
export function threadEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const passed = Object.entries(environment).filter(([name, value]) => value !== undefined && passedOn.test(name));
  return {
    ...(Object.fromEntries(passed) as Record<string, string>),
    // The library's reports on itself to Microsoft, and those on what it delivered.
    APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
    APPLICATIONINSIGHTS_SDKSTATS_DISABLED: 'true',
    APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED: 'true',
    OTEL_NODE_RESOURCE_DETECTORS: 'none',
    // A platform that is known is not looked for: otherwise 169.254.169.254 is asked.
    WEBSITE_SITE_NAME: roleName,
    FUNCTIONS_EXTENSION_VERSION: '~4',
    OTEL_RESOURCE_ATTRIBUTES: `service.instance.id=${instanceOf(environment)}`,
    // Batches are flushed one by one; a timer of the library's own must not come between.
    OTEL_METRIC_EXPORT_INTERVAL: '2147483647',
    OTEL_BSP_SCHEDULE_DELAY: '2147483647',
    OTEL_BLRP_SCHEDULE_DELAY: '2147483647',
  };
}

/** Tells instances apart and names none: a laptop's host name can be its owner's. */
function instanceOf({ WEBSITE_INSTANCE_ID: id }: Readonly<Record<string, string | undefined>>): string {
  return createHash('sha256')
    .update(id ?? hostname())
    .digest('hex')
    .slice(0, 16);
}

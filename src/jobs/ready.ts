import { aborted, openLimit } from '../deadline.js';
import type { Check } from '../graph/readiness.js';
import { StorageFailed, type Storage } from './storage.js';

/** No name of a blob begins so. */
const nothing = '-';

/**
 * Whether jobs could be stored: both containers and the queue answer this app. It writes nothing, and what the libraries repeat ends
 * with the limit. Single updates never depend on it. Never throws.
 */
export async function lookAtStorage({ jobs, data, queue }: Storage, limitMs: number): Promise<Check> {
  const limit = openLimit(limitMs);
  try {
    const looks = Promise.all([jobs.list(nothing), data.list(nothing), queue.look()]);
    await Promise.race([looks, aborted(limit.signal)]);
    return { name: 'storage', ok: true, message: 'Storage answers for jobs.' };
  } catch (error) {
    return { name: 'storage', ok: false, message: `${reasonOf(error)} Single updates work without it.` };
  } finally {
    limit.release();
  }
}

const reasons: Readonly<Record<number, string>> = {
  403: 'Storage refuses this app, and jobs cannot run. Give its managed identity the roles Storage Blob Data Owner and Storage Queue Data Contributor, and look at the network rules of the storage account.',
  404: 'Storage lacks the containers or the queue of jobs, which the deployment makes: run azd provision.',
};

function reasonOf(error: unknown): string {
  const status = error instanceof StorageFailed ? error.status : undefined;
  return (
    reasons[status ?? 0] ??
    'Storage does not answer as it should, and jobs wait. Look at AzureWebJobsStorage, or, with a managed identity, at AzureWebJobsStorage__blobServiceUri, AzureWebJobsStorage__queueServiceUri and AzureWebJobsStorage__clientId.'
  );
}

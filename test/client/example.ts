import createClient from 'openapi-fetch';
import type { paths } from './model-performance.js';

/** Marks every model of a manufacturer as meeting its goals; tells for which that failed, and what became of them. */
export async function markAll(baseUrl: string, token: string, manufacturer: string): Promise<string[]> {
  const api = createClient<paths, `application/${string}`>({ baseUrl, headers: { authorization: `Bearer ${token}` } });
  const { data: list, error } = await api.GET('/v1/model-performance', { params: { query: { manufacturer } } });
  if (error) throw new Error(error.error.message);

  const failures: string[] = [];
  for (const { id } of list.value) {
    const body = { healthStatus: 'meetingGoals' } as const;
    const { error } = await api.PATCH('/v1/model-performance/{id}', { params: { path: { id } }, body });
    if (error) failures.push(`${id}: ${error.outcome}. ${error.error.message}`);
  }
  return failures;
}

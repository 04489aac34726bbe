import type { Answer } from './answer.js';

/** GET / and GET /api: lead to the page that shows what there is. */
export function home(): Promise<Answer> {
  return Promise.resolve({ status: 302, body: '', headers: { location: '/api/docs' } });
}

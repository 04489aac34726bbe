import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { Problem } from '../problem.js';
import { failure } from './answer.js';
import { drain } from './body.js';
import { requestIdOf } from './requestId.js';

/** Answers every call while the settings are unusable (F57): which of them and why stands in the log alone. Never throws. */
export async function notConfigured(request: HttpRequest): Promise<HttpResponseInit> {
  await drain(request);
  return failure(new Problem('not-configured'), requestIdOf(request));
}

// Updates one model and prints what became of it: node update.ts <id>, with the API's address in API and a token in TOKEN.

interface Changes {
  model?: string | null;
  manufacturer?: string | null;
  modelDeviceCount?: number;
  workFromAnywhereScore?: number;
  windowsScore?: number;
  cloudManagementScore?: number;
  cloudIdentityScore?: number;
  cloudProvisioningScore?: number;
  healthStatus?: 'unknown' | 'insufficientData' | 'needsAttention' | 'meetingGoals';
}

interface Problem {
  outcome: 'not-applied' | 'unknown';
  retryAfterSeconds?: number;
  error: { message: string };
}

const { API = '', TOKEN = '' } = process.env;
const lost = (message: string): Problem => ({ outcome: 'unknown', error: { message } });

async function update(id: string, changes: Changes): Promise<string> {
  let outcome = 'not-applied';
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${API}/v1/model-performance/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      // What is undefined is left out. What is null is not: it would clear the model's name.
      body: JSON.stringify(changes),
      // Longer than the minute that the API gives itself.
      signal: AbortSignal.timeout(90_000),
    }).catch((error: unknown) => String(error));
    if (typeof response !== 'string' && response.ok) return 'applied';

    const isProblem =
      typeof response !== 'string' && response.headers.get('content-type') === 'application/problem+json';
    const problem = isProblem ? ((await response.json()) as Problem) : lost('No answer of the API came.');
    // One unknown attempt makes the whole unknown, whatever comes after it.
    if (problem.outcome === 'unknown') outcome = 'unknown';
    const again = typeof response === 'string' || response.status === 429 || response.status >= 500;
    if (!again || attempt === 3) return `${outcome}: ${problem.error.message}`;
    await new Promise((resolve) => setTimeout(resolve, (problem.retryAfterSeconds ?? 2) * 1000));
  }
}

console.log(await update(process.argv[2] ?? '', { windowsScore: 87.5, healthStatus: 'meetingGoals' }));

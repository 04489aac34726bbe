import { app } from '@azure/functions';

// The floor: one function that looks at nothing and asks nobody. What it costs is the platform's.
app.setup({ enableHttpStream: true });
app.http('model-performance-item', {
  route: 'v1/model-performance/{id}',
  methods: ['PATCH'],
  authLevel: 'anonymous',
  handler: () => ({ status: 200, jsonBody: { id: 'x', windowsScore: 87.5 } }),
});

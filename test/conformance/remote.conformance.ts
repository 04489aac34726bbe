import { conformance } from './cases.js';

const usage = `Say which API to check, for example:

  BASE_URL=http://127.0.0.1:7071 TOKEN=<access token with the role ModelPerformance.Write> npm run test:conformance

BASE_URL  where the API runs, without /api: this machine's host, "func start" or Azure
TOKEN     sent as "Authorization: Bearer …" with every request
MODEL_ID  the model that is updated (its windowsScore changes); default: the first one of the emulator
`;

const { BASE_URL: baseUrl, TOKEN: token, MODEL_ID: modelId } = process.env;
if (!baseUrl || !URL.canParse(baseUrl)) throw new Error(usage);

conformance(() => ({
  baseUrl: new URL(baseUrl).origin,
  ...(token && { token }),
  modelId: modelId ?? '7ec79407-9407-7ec7-0794-c77e0794c77e',
}));

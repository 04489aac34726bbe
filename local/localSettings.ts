import { constants, copyFileSync, existsSync } from 'node:fs';
import { misspeltSettings, readConfig, SettingsError } from '../src/config.js';
import { settings } from '../src/settings.js';
import { Stop } from './commandLine.js';
import { readLocalSettings } from './host/settings.js';
import type { World } from './world.js';

const file = 'local.settings.json';
const sample = 'local.settings.sample.json';

/** What the platform reads itself. */
const platformNames = /^(AzureWebJobs|AZURE_FUNCTIONS_|FUNCTIONS_|WEBSITE_|languageWorkers)/i;

/** Makes `local.settings.json` from the sample if there is none; tells which of an old one's settings exist no more. */
export function prepareSettings(print: (line: string) => void): void {
  try {
    copyFileSync(sample, file, constants.COPYFILE_EXCL);
    print(`Made ${file} from ${sample}.`);
  } catch (error) {
    if (!existsSync(file)) throw new Stop(`${file} cannot be made from ${sample}: ${(error as Error).message}`);
  }
  // The app tells itself of those that look like one.
  const looksLikeOne = (name: string) => misspeltSettings({ [name]: '' }).length > 0;
  const gone = Object.keys(readSettings()).filter(
    (name) => !(name in settings) && !platformNames.test(name) && !looksLikeOne(name),
  );
  for (const name of gone) print(`${file}: ${name} is not a setting of this version, and does nothing.`);
}

/**
 * The functions host's environment. Addresses of what was started here take the place of the file's, as far as the file names this machine;
 * what the environment has already beats both.
 * @throws Stop that names every setting with which the app would answer 503 to each call (F57)
 */
export function environmentFor({ emulator, storage }: World): NodeJS.ProcessEnv {
  const held = readSettings();
  const { GRAPH_ROOT = '', ENTRA_ROOT = '' } = emulator.environment;
  const addresses = Object.entries({ GRAPH_ROOT, ENTRA_ROOT, ...storage.environment });
  const own = addresses.filter(([name]) => /^$|\/\/(127\.0\.0\.1|localhost)\b/.test(held[name] ?? ''));
  // Whoever names another ingestion has reasons, and certificates, of their own; certificates alone are no such reason.
  const ingestion = process.env.APPLICATIONINSIGHTS_CONNECTION_STRING ? {} : emulator.ingestion.environment;
  const environment = { ...Object.fromEntries(own), ...process.env, ...ingestion, ...emulator.identityEnvironment };
  try {
    readConfig({ ...held, ...environment });
  } catch (error) {
    if (error instanceof SettingsError) throw new Stop(error.message);
    throw error;
  }
  return environment;
}

function readSettings(): Record<string, string> {
  try {
    return readLocalSettings('.');
  } catch (error) {
    throw new Stop((error as Error).message);
  }
}

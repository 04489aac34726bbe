import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bicep } from './compiler.js';

/** Deployments to Azure alone, those with the Microsoft Graph extension, and the parameter files of the first. */
export const deployments = ['main.bicep'];
export const graphDeployments = ['entra-application.bicep', 'graph-grant.bicep'];
export const parameterFiles = ['main.dev.bicepparam', 'main.prod.bicepparam', 'main.private.bicepparam'];

/** For whom snapshots are computed: nobody's tenant, subscription or group. */
export const somewhere = [
  ...['--tenant-id', '00000000-0000-0000-0000-000000000001'],
  ...['--subscription-id', '00000000-0000-0000-0000-000000000002'],
  ...['--resource-group', 'model-performance', '--location', 'westeurope'],
];

/** What the parameter files cannot do without. */
export const environment = { ENTRA_API_CLIENT_ID: '00000000-0000-0000-0000-000000000000' };

export const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.bicep(param)?$/.test(name));

/** Type data of the Microsoft Graph extension beside the repository, for machines that do not reach its registry. */
const graphTypes = resolve('..', 'shared', 'bicep-types', 'microsoft-graph-v1.0-1.0.0', 'index.json');

/**
 * Makes a copy of `infra/` to compile, so that nothing is written into it. The Graph extension comes from its type data where these are
 * there, from its registry otherwise. @returns whether it could be had: without it its deployments cannot be compiled
 */
export async function copyTemplates(compiler: string, copy: string): Promise<boolean> {
  rmSync(copy, { recursive: true, force: true });
  cpSync('infra', copy, { recursive: true });
  const [example = ''] = graphDeployments;
  if (existsSync(graphTypes)) {
    const config = join(copy, 'bicepconfig.json');
    await bicep(compiler, ['publish-extension', graphTypes, '--target', join(copy, 'graph.tgz'), '--force']);
    writeFileSync(config, readFileSync(config, 'utf8').replace(/"br:[^"]+"/, '"./graph.tgz"'));
    // Two compilers that restore it at once get in each other's way: one of them says that it is not restored.
    await bicep(compiler, ['restore', example], copy);
    return true;
  }
  // The compiler's own `restore` says nothing when it fails; BCP192 is what the compiler says without the extension.
  const { err } = await bicep(compiler, ['build', example, '--stdout'], copy);
  const had = !err.includes('BCP192');
  if (!had)
    process.stderr.write(
      `The Microsoft Graph extension cannot be had: ${graphDeployments.join(', ')} were not compiled.\n`,
    );
  return had;
}

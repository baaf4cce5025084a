import path from 'node:path';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { bootstrap, deploy } from '../../../../local/cdk.ts';
import { clientConfig } from '../../../../local/clients.ts';
import { type LocalAws, startLocalAws } from '../../../../local/local-aws.ts';
import { type Ended, root, run } from '../../../../scripts/process.ts';
import { START_MS } from '../example.ts';

/** The keyed API (`app.ts`), deployed to a local AWS of this suite alone. */
export interface KeyedApi {
  readonly aws: LocalAws;
  readonly outputs: Readonly<Record<string, string>>;
  /** Those of the stack that has an API and not the gate. */
  readonly elsewhere: Readonly<Record<string, string>>;
  readonly gateway: APIGatewayClient;
  /** The command line as a user runs it. */
  headgate(...args: string[]): Promise<Ended>;
}

/** Deploys it before the suite's tests, and ends it after them. */
export function useKeyedApi(): () => KeyedApi {
  let started: KeyedApi | undefined;
  let aws: LocalAws | undefined;
  beforeAll(async () => {
    const local = await startLocalAws();
    aws = local;
    await bootstrap(local);
    const { Keyed, Elsewhere } = await deploy(local, { app: path.join(__dirname, 'app.ts') });
    started = {
      aws: local,
      outputs: Keyed!,
      elsewhere: Elsewhere!,
      gateway: new APIGatewayClient(clientConfig(local.endpoint)),
      headgate: (...args) =>
        run(process.execPath, [path.join(root, 'bin', 'headgate.ts'), ...args], { cwd: local.folder, env: local.env }),
    };
  }, START_MS);
  afterAll(async () => {
    started?.gateway.destroy();
    await aws?.stop();
  });
  return () => started!;
}

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { blockSubject } from '../../../bin/registry/blocks.ts';
import { addClient } from '../../../bin/registry/clients.ts';
import type { Policy } from '../../../lambda/policy/policy.ts';
import { bootstrap } from '../../../local/cdk.ts';
import { type ClientConfig, clientConfig } from '../../../local/clients.ts';
import { deployExample, type ExampleOutputs, examplePolicy, httpUrl, restUrl } from '../../../local/demo/example.ts';
import { type LocalAws, startLocalAws } from '../../../local/local-aws.ts';

/** The example, deployed to a local AWS of this suite alone. */
export interface Example {
  readonly aws: LocalAws;
  readonly outputs: ExampleOutputs;
  /** What the deployment's policy file compiles to. */
  readonly policy: Policy;
  /** For further SDK clients. */
  readonly config: ClientConfig;
  readonly dynamodb: DynamoDBClient;
  readonly cloudwatch: CloudWatchClient;
  /** Sends a request to the REST API. The header x-forwarded-for is taken for the caller's address. */
  rest(path: string, init?: RequestInit): Promise<Response>;
  /** Sends a request to the HTTP API. The header x-forwarded-for is taken for the caller's address. */
  http(path: string, init?: RequestInit): Promise<Response>;
  /** Registers a client and returns its key. */
  addClient(id: string, tier: string): Promise<string>;
  /** Blocks `client:ID` or `address:IP`; functions that run already notice within 30 s. */
  block(subject: string): Promise<void>;
  stop(): Promise<void>;
}

/** Time for `beforeAll`: a start and a deployment, the first time with an installation. */
export const START_MS = 180_000;

/**
 * Starts a local AWS and deploys the example to it. Each suite needs one; stop it in `afterAll`.
 *
 * @param policy another policy file for it
 */
export async function startExample(policy?: string): Promise<Example> {
  const aws = await startLocalAws();
  try {
    await bootstrap(aws);
    const outputs = await deployExample(aws, undefined, policy);
    return exampleAt(aws, outputs, policy);
  } catch (error) {
    await aws.stop();
    throw error;
  }
}

function exampleAt(aws: LocalAws, outputs: ExampleOutputs, policy?: string): Example {
  const config = clientConfig(aws.endpoint);
  const dynamodb = new DynamoDBClient(config);
  const cloudwatch = new CloudWatchClient(config);
  const registry = { client: dynamodb, table: outputs.RegistryTableName, now: Date.now };
  return {
    aws,
    outputs,
    policy: examplePolicy(policy),
    config,
    dynamodb,
    cloudwatch,
    rest: (path, init) => fetch(restUrl(aws, outputs, path), init),
    http: (path, init) => fetch(httpUrl(aws, outputs, path), init),
    addClient: async (id, tier) => (await addClient(registry, { id, tier })).key,
    block: async (subject) => void (await blockSubject(registry, subject)),
    stop: async () => {
      dynamodb.destroy();
      cloudwatch.destroy();
      await aws.stop();
    },
  };
}

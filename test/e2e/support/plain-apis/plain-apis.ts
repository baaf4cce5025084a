import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { clientConfig } from '../../../../local/clients.ts';
import type { LocalAws } from '../../../../local/local-aws.ts';
import { root } from '../../../../scripts/process.ts';

const TEMPLATE = path.join(root, 'test', 'e2e', 'support', 'plain-apis', 'template.yaml');

/** The customer's key of the template; its usage plan is the template's, and no registry knows it. */
export const CUSTOMER_KEY = 'the-key-of-a-customer-of-old';
/** The stage of the REST API and of the HTTP API without AutoDeploy. */
export const LIVE = 'live';

/** The ids of four APIs that know nothing of Headgate (`template.yaml`), and of a customer's API key. */
export interface PlainApis {
  readonly rest: string;
  /** REST, takes API keys from its authorizer. */
  readonly given: string;
  /** HTTP, changes go live by themselves. */
  readonly http: string;
  /** HTTP, changes go live with a deployment. */
  readonly manual: string;
  readonly keyId: string;
}

const MANUAL_BACKEND = "exports.handler = async () => ({ statusCode: 200, body: '{}' });";

/**
 * Deploys `template.yaml` as CloudFormation takes it, without the CDK.
 *
 * @param manualBackend the code behind the HTTP API without AutoDeploy, as CommonJS
 */
export async function deployPlainApis(aws: LocalAws, manualBackend = MANUAL_BACKEND): Promise<PlainApis> {
  const client = new CloudFormationClient(clientConfig(aws.endpoint));
  try {
    const StackName = 'Plain';
    await client.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: readFileSync(TEMPLATE, 'utf8').replace(
          'ZipFile: MANUAL_BACKEND',
          () => `ZipFile: ${JSON.stringify(manualBackend)}`,
        ),
        Capabilities: ['CAPABILITY_IAM'],
      }),
    );
    await waitUntilStackCreateComplete({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { StackName }).catch(
      async (error) => {
        const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
        throw new Error(StackEvents.map(({ ResourceStatusReason }) => ResourceStatusReason).join('\n'), {
          cause: error,
        });
      },
    );
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    const outputs = Object.fromEntries(
      Stacks![0]!.Outputs!.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue!]),
    );
    return {
      rest: outputs.RestApiId!,
      given: outputs.GivenApiId!,
      http: outputs.HttpApiId!,
      manual: outputs.ManualApiId!,
      keyId: outputs.KeyId!,
    };
  } finally {
    client.destroy();
  }
}

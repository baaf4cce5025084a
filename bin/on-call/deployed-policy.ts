import { GetFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { unzipSync } from 'fflate';
import { policyFromJson } from '../../lambda/policy/load-policy.ts';
import type { Policy } from '../../lambda/policy/policy.ts';
import { DeployedPolicyError } from './on-call-error.ts';

/** The authorizer's code is a tenth of it; whoever answers with more is not S3. Bytes. */
const MOST_CODE = 20_000_000;
const MOST_POLICY = 5_000_000;
const PATIENCE_MS = 10_000;

/**
 * The compiled policy by which a gate decides: it is in the authorizer's code, beside the handler.
 *
 * @param functionArn the authorizer's
 * @throws DeployedPolicyError (HG273)
 */
export async function readDeployedPolicy(
  lambda: Pick<LambdaClient, 'send'>,
  functionArn: string,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<Policy> {
  try {
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: functionArn }));
    if (!Code?.Location) throw new Error('Lambda does not say where the code of the authorizer is');
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(Code.Location, { signal });
    if (!answer.ok) throw new Error(`the code of the authorizer: status ${answer.status}`);
    if (Number(answer.headers.get('content-length') ?? 0) > MOST_CODE)
      throw new Error('the code is too large to be it');
    return policyIn(new Uint8Array(await answer.arrayBuffer()));
  } catch (error) {
    throw new DeployedPolicyError(error);
  }
}

function policyIn(zip: Uint8Array): Policy {
  const files = unzipSync(zip, {
    filter: ({ name, originalSize }) => name === 'policy.json' && originalSize <= MOST_POLICY,
  });
  const file = files['policy.json'];
  if (file === undefined) throw new Error('there is no policy.json in the code of the authorizer');
  return policyFromJson(new TextDecoder().decode(file));
}

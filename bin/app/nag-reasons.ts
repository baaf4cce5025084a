import { Stack } from 'aws-cdk-lib';
import type { NotesApiStack } from '../../examples/notes-api/notes-api-stack.ts';
import type { Headgate } from '../../lib/index.ts';
import { ApiGatewayLogRole } from '../../lib/signals/api-gateway-log-role.ts';
import { acceptFinding as accept, acknowledgeAttachments } from './nag-attachments.ts';
import { acknowledgeDoctor } from './nag-doctor.ts';

/** Accepts single findings of cdk-nag's AWS Solutions pack, each where it is found and for a reason. */
export function acknowledgeFindings({ gate, restApi, backend }: NotesApiStack): void {
  acknowledgeGateFindings(gate);
  accept(backend, managed('AWSLambdaBasicExecutionRole'), 'The demo backend writes its log: what the policy allows.');
  accept(restApi, 'APIG2', 'The demo backend reads its input itself and keeps at most 1,000 characters of it.');
  accept(restApi, 'APIG3', 'Headgate limits the rates; a web ACL costs by the month and can be put before it.');
  accept(restApi, 'APIG6', "Execution logs can hold callers' keys; the access log tells what is needed.");
  accept(restApi, 'COG4', 'Callers are known by their API key: Headgate limits, it does not authenticate.');
}

const managed = (name: string): string => `IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/${name}]`;

/** The same for a gate alone, with what it is attached to and what looks after it. */
export function acknowledgeGateFindings(gate: Headgate): void {
  accept(gate.counters, 'DDB3', 'Counters are the memory of the running windows: a restored one would be wrong.');
  acknowledgeAttachments(gate, accept);
  acknowledgeDoctor(gate, accept);
  for (const node of Stack.of(gate).node.findAll()) {
    if (!(node instanceof ApiGatewayLogRole)) continue;
    accept(node, managed('AmazonAPIGatewayPushToCloudWatchLogs'), 'The role that API Gateway documents for its logs.');
  }
}

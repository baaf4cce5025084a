import { type CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { attachPermissions } from '../../lambda/attach/permissions.ts';
import { AttachProvider } from '../../lib/attach/attach-provider.ts';
import { Attachment } from '../../lib/attach/attachment.ts';
import type { Headgate } from '../../lib/index.ts';

/** A rule and its finding, without the pack's name. */
export type Accept = (construct: IConstruct, rule: string, reason: string) => void;

/** Accepts what cdk-nag finds in a gate's attachments: their permissions, and the functions of CDK's framework. */
export function acknowledgeAttachments(gate: Headgate, accept: Accept): void {
  for (const child of gate.node.children) {
    if (child instanceof Attachment) acknowledgePermissions(child, accept);
    if (child instanceof AttachProvider) acknowledgeFramework(child, accept);
  }
}

function acknowledgePermissions({ api, permissions }: Attachment, accept: Accept): void {
  const reason =
    "Routes, authorizers and deployments get their ids from API Gateway; all are below this one API's path.";
  const paths = new Set(attachPermissions(api).flatMap((one) => one.paths));
  for (const path of paths) {
    if (!path.includes('*')) continue;
    accept(permissions, `IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::${path}]`, reason);
  }
  if (api.kind === 'rest') return;
  const delivery =
    'What API Gateway asks of whoever sets an access log or takes it away: log deliveries are no resources for IAM.';
  accept(permissions, 'IAM5[Resource::*]', delivery);
}

function acknowledgeFramework({ provider }: AttachProvider, accept: Accept): void {
  const basic = 'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]';
  const versions = (fn: IConstruct): string => `IAM5[Resource::<${logicalId(fn)}.Arn>:*]`;
  const ours = [provider.onEventHandler, provider.isCompleteHandler!].map(versions);
  for (const name of ['framework-onEvent', 'framework-isComplete', 'framework-onTimeout']) {
    const framework = provider.node.findChild(name);
    accept(framework, basic, "CDK's provider framework writes its log: what the policy allows.");
    for (const rule of ours) accept(framework, rule, "CDK's provider framework calls this function, in any version.");
  }
  const waiter = provider.node.findChild('waiter-state-machine');
  for (const name of ['framework-isComplete', 'framework-onTimeout']) {
    accept(waiter, versions(provider.node.findChild(name)), 'The framework waits with this function, in any version.');
  }
  accept(waiter, 'SF1', "It calls one function until that is done; that function's log tells what happened.");
  accept(waiter, 'SF2', "It calls one function until that is done; that function's log tells what happened.");
}

function logicalId(construct: IConstruct): string {
  return Stack.of(construct).getLogicalId(construct.node.defaultChild as CfnResource);
}

export const acceptFinding: Accept = (construct, rule, reason) => {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
};

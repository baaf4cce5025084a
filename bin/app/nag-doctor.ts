import { Stack } from 'aws-cdk-lib';
import { type CfnPolicy, Policy } from 'aws-cdk-lib/aws-iam';
import type { Headgate } from '../../lib/index.ts';
import type { Accept } from './nag-attachments.ts';

/** Accepts that the doctor may read everything of the APIs that the gate is in front of. */
export function acknowledgeDoctor({ doctor }: Headgate, accept: Accept): void {
  const own = doctor?.node.findAll().filter((node) => node instanceof Policy) ?? [];
  const policies = [...own, ...(doctor?.permissions ?? [])];
  for (const policy of policies) {
    const { policyDocument } = policy.node.defaultChild as CfnPolicy;
    const { Statement } = Stack.of(policy).resolve(policyDocument) as { Statement: { Resource: unknown }[] };
    const resources = new Set(Statement.flatMap(({ Resource }) => [Resource].flat()).map(asText));
    for (const arn of resources) {
      if (!/apigateway:.*\*/.test(arn)) continue;
      accept(
        policy,
        `IAM5[Resource::${arn}]`,
        'It compares all of this one API with what was deployed, and only reads.',
      );
    }
  }
}

/** As cdk-nag writes a value with references in it. */
function asText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (Ref !== undefined) return `<${Ref}>`;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  const [separator, parts] = (join ?? ['', []]) as [string, unknown[]];
  return parts.map(asText).join(separator);
}

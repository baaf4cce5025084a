import { RemovalPolicy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { COUNTERS, REGISTRY } from '../../lambda/store/registry-keys.ts';
import { gateIn, newStack } from './support/stacks.ts';

const table = (template: Template, prefix: string) =>
  Object.entries(template.findResources('AWS::DynamoDB::Table')).find(([id]) => id.startsWith(prefix))!;

describe('the counters table', () => {
  test('is on demand, has one string key and forgets by TTL', () => {
    // GIVEN
    const stack = newStack();
    // WHEN
    gateIn(stack);
    // THEN
    const [, { Properties }] = table(Template.fromStack(stack), 'HeadgateCounters');
    expect(Properties).toEqual({
      AttributeDefinitions: [{ AttributeName: COUNTERS.partitionKey, AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: COUNTERS.partitionKey, KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: COUNTERS.ttl, Enabled: true },
    });
  });

  test('has no backup and goes with the stack, whatever becomes of the registry', () => {
    const stack = newStack();
    gateIn(stack, { removalPolicy: RemovalPolicy.RETAIN });
    const [, resource] = table(Template.fromStack(stack), 'HeadgateCounters');
    expect(resource.DeletionPolicy).toBe('Delete');
    expect(resource.UpdateReplacePolicy).toBe('Delete');
    expect(resource.Properties).not.toHaveProperty('PointInTimeRecoverySpecification');
  });
});

describe('the registry table', () => {
  test('is on demand, has two string keys, TTL and point-in-time recovery', () => {
    const stack = newStack();
    gateIn(stack);
    const [, { Properties }] = table(Template.fromStack(stack), 'HeadgateRegistry');
    expect(Properties).toEqual({
      AttributeDefinitions: [
        { AttributeName: REGISTRY.partitionKey, AttributeType: 'S' },
        { AttributeName: REGISTRY.sortKey, AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: REGISTRY.partitionKey, KeyType: 'HASH' },
        { AttributeName: REGISTRY.sortKey, KeyType: 'RANGE' },
      ],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: REGISTRY.ttl, Enabled: true },
    });
  });

  test.each([
    [undefined, 'Retain'],
    [RemovalPolicy.DESTROY, 'Delete'],
  ])('removalPolicy %s: %s', (removalPolicy, expected) => {
    const stack = newStack();
    gateIn(stack, removalPolicy === undefined ? {} : { removalPolicy });
    const [, resource] = table(Template.fromStack(stack), 'HeadgateRegistry');
    expect(resource.DeletionPolicy).toBe(expected);
  });
});

test('the logical ids of both are pinned: another id is another, empty table', () => {
  const stack = newStack();
  gateIn(stack);
  const ids = Object.keys(Template.fromStack(stack).findResources('AWS::DynamoDB::Table'));
  expect(ids.sort()).toEqual(['HeadgateCountersTable4DD60A42', 'HeadgateRegistryTable76478115']);
});

import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { AUTHORIZER_ENVIRONMENT } from '../lambda/authorizer/environment.ts';
import { REGISTRY } from '../lambda/store/registry-keys.ts';

export interface RegistryTableProps {
  /** @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/**
 * The registry: clients by the hash of their key, and blocks. It is the only record of who has which tier, so it can be
 * restored to any second of the last 35 days and stays when the stack goes.
 */
export class RegistryTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, props: RegistryTableProps = {}) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: REGISTRY.partitionKey, type: AttributeType.STRING },
      sortKey: { name: REGISTRY.sortKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: REGISTRY.ttl,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
  }

  /** Lets a function read the blocks. It can never change one: nothing that faces the internet may. */
  grantBlocks(fn: LambdaFunction): void {
    fn.addEnvironment(AUTHORIZER_ENVIRONMENT.registryTable, this.table.tableName);
    const conditions = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [REGISTRY.blocks] } };
    fn.addToRolePolicy(this.#allow('dynamodb:Query', conditions));
  }

  /** The same, and lets it look up the client of a key that it is shown: not list clients, nor their keys' hashes. */
  grantLookUp(fn: LambdaFunction): void {
    this.grantBlocks(fn);
    const conditions = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [REGISTRY.keyPartition('*')] } };
    fn.addToRolePolicy(this.#allow('dynamodb:GetItem', conditions));
  }

  #allow(action: string, conditions: Record<string, Record<string, string[]>>): PolicyStatement {
    return new PolicyStatement({ actions: [action], resources: [this.table.tableArn], conditions });
  }
}

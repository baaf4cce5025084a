import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { AUTHORIZER_ENVIRONMENT } from '../lambda/authorizer/environment.ts';
import { COUNTERS } from '../lambda/store/registry-keys.ts';

/**
 * The counters: one item for each subject. What is lost with it is the memory of the running windows, so it has no
 * backup and goes with the stack. On demand: an attack must not be answered with throttled writes.
 */
export class CounterTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: COUNTERS.partitionKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: COUNTERS.ttl,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /** Lets a function count: the one action that it needs, and the variable that names the table. */
  grantCount(fn: LambdaFunction): void {
    fn.addEnvironment(AUTHORIZER_ENVIRONMENT.countersTable, this.table.tableName);
    fn.addToRolePolicy(new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [this.table.tableArn] }));
  }
}

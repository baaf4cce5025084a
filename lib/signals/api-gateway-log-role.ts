import { type CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { resourcesOfType } from '../protection/tree.ts';

const ID = 'HeadgateApiGatewayLogs';

/**
 * The role by which API Gateway writes the logs of REST APIs. An account has one in a region, set once for all of its APIs;
 * without it a stage with an access log cannot be deployed. Both stay when the stack goes: other APIs write by it then.
 */
export class ApiGatewayLogRole extends Construct {
  readonly role: Role;

  /** Makes it where nothing in this stack sets it yet (`cloudWatchRole: true` of a RestApi does). */
  static ensureIn(stack: Stack): void {
    if (accountSettings(stack).length === 0) new ApiGatewayLogRole(stack);
  }

  private constructor(stack: Stack) {
    super(stack, ID);
    this.role = new Role(this, 'Role', {
      description: 'API Gateway writes the logs of REST APIs',
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs')],
    });
    const account = new CfnAccount(this, 'Account', { cloudWatchRoleArn: this.role.roleArn });
    for (const kept of [this.role, account]) kept.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}

/** What in the stack of `construct` sets the account's role: a stage with a log comes after it. */
export function accountSettings(construct: IConstruct): CfnResource[] {
  const stack = Stack.of(construct);
  return resourcesOfType(construct, 'AWS::ApiGateway::Account').filter((account) => Stack.of(account) === stack);
}

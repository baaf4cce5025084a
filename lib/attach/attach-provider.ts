import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { ATTACH_ENVIRONMENT, ATTACH_TIMES } from '../../lambda/attach/resource.ts';
import { handlersFolder, withHandlerAsset } from '../handler-asset.ts';
import { NODE_24 } from '../node-24.ts';
import type { RegistryTable } from '../registry-table.ts';

export interface AttachProviderProps {
  readonly registry: RegistryTable;
  /** @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays | undefined;
  /** @default - the handlers of the installed package */
  readonly handlers?: string | undefined;
}

/**
 * The functions behind a gate's attachments: CDK's provider framework asks `onEvent` once and `isComplete` until it is
 * done, since the control plane's rates make a large API take longer than a function may run.
 */
export class AttachProvider extends Construct {
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly provider: Provider;

  /** @throws DeployError HG220 without the built handler */
  constructor(scope: Construct, id: string, props: AttachProviderProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const actions = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    const log = new PolicyStatement({ actions, resources: [this.logGroup.logGroupArn] });
    this.role = new Role(this, 'Role', {
      description: 'Headgate attachments: change the APIs that the gate is attached to',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Log: new PolicyDocument({ statements: [log] }) },
    });
    this.provider = new Provider(this, 'Provider', {
      onEventHandler: this.#handler('OnEvent', 'onEvent', 'names the attachment', props),
      isCompleteHandler: this.#handler('IsComplete', 'isComplete', 'attaches and detaches, step by step', props),
      queryInterval: Duration.seconds(ATTACH_TIMES.pause),
      totalTimeout: Duration.minutes(ATTACH_TIMES.total),
      logGroup: this.logGroup,
    });
  }

  #handler(id: string, name: string, does: string, { registry, handlers }: AttachProviderProps): LambdaFunction {
    return withHandlerAsset(
      this,
      { folder: handlers ?? handlersFolder(), name: 'attach' },
      (code) =>
        new LambdaFunction(this, id, {
          description: `Headgate attachments: ${does}`,
          code,
          handler: `index.${name}`,
          runtime: NODE_24,
          architecture: Architecture.ARM_64,
          memorySize: 256,
          timeout: Duration.seconds(ATTACH_TIMES.handlerTimeout),
          role: this.role,
          logGroup: this.logGroup,
          environment: { [ATTACH_ENVIRONMENT.registryTable]: registry.table.tableName },
        }),
    );
  }
}

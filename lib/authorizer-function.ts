import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { AUTHORIZER_ENVIRONMENT } from '../lambda/authorizer/environment.ts';
import type { HeaderStyle, Policy } from '../lambda/policy/policy.ts';
import type { CounterTable } from './counter-table.ts';
import { DeployError } from './deploy-error.ts';
import { handlersFolder, withHandlerAsset } from './handler-asset.ts';
import { NODE_24 } from './node-24.ts';
import type { RegistryTable } from './registry-table.ts';

export interface AuthorizerFunctionProps {
  readonly policy: Policy;
  readonly gateName: string;
  readonly counters: CounterTable;
  readonly registry: RegistryTable;
  /** @default - no reserved concurrency */
  readonly reservedConcurrency?: number | undefined;
  /** @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays | undefined;
  /** @default - 150 ms */
  readonly storeDeadline?: Duration | undefined;
  /** @default - 1 s */
  readonly firstStoreDeadline?: Duration | undefined;
  /** @default - 10 s */
  readonly metricsInterval?: Duration | undefined;
  /** @default - the handlers of the installed package */
  readonly handlers?: string | undefined;
}

/** The function that decides: it answers REST and HTTP APIs alike. */
export class AuthorizerFunction extends Construct {
  readonly fn: LambdaFunction;
  readonly gateName: string;
  readonly logGroup: LogGroup;
  readonly role: Role;
  /** The policy's `headers`: what the answers that API Gateway gives itself can carry. */
  readonly headers: readonly HeaderStyle[] | undefined;
  /** Variables that every function that asks this gate has, beside the tables' names. */
  readonly settings: Readonly<Record<string, string>>;
  readonly #softDenyApis = new Set<string>();
  readonly #passKeyApis = new Set<string>();
  readonly #readsKeys: boolean;

  constructor(scope: Construct, id: string, props: AuthorizerFunctionProps) {
    super(scope, id);
    this.gateName = props.gateName;
    this.headers = props.policy.headers;
    this.#readsKeys = props.policy.identify.some(({ kind }) => kind === 'apiKey');
    this.settings = {
      [AUTHORIZER_ENVIRONMENT.gate]: props.gateName,
      ...deadline('firstStoreDeadline', AUTHORIZER_ENVIRONMENT.firstDeadlineMs, props),
      ...deadline('storeDeadline', AUTHORIZER_ENVIRONMENT.deadlineMs, props),
      ...interval(props.metricsInterval),
    };
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      description: 'Headgate authorizer: counts, looks up clients, writes its own log',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Log: new PolicyDocument({ statements: [writeTo(this.logGroup)] }) },
    });
    const handler = { folder: props.handlers ?? handlersFolder(), name: 'authorizer', policy: props.policy };
    this.fn = withHandlerAsset(
      this,
      handler,
      (code) =>
        new LambdaFunction(this, 'Function', {
          description: 'Headgate authorizer: allows a request or answers 429',
          code,
          handler: 'index.handler',
          runtime: NODE_24,
          architecture: Architecture.ARM_64,
          memorySize: 256,
          // API Gateway waits 10 s at most; the decision's own deadlines are far below this.
          timeout: Duration.seconds(5),
          role: this.role,
          logGroup: this.logGroup,
          ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
          environment: this.settings,
        }),
    );
    props.counters.grantCount(this.fn);
    props.registry.grantLookUp(this.fn);
  }

  /** Answers to REST APIs name the caller's key: an API with `apiKeySource: AUTHORIZER` finds the usage plan by it. */
  passKeys(): void {
    this.fn.addEnvironment(AUTHORIZER_ENVIRONMENT.passKeys, 'true');
  }

  /**
   * The same for one attached API, where the API's source is known at deployment only.
   *
   * @throws DeployError HG251 where the policy reads no key
   */
  passKeysTo(apiId: string): void {
    if (!this.#readsKeys) {
      const message = "passKeys: the policy's `identify` reads no key that could be passed on.";
      const mend = 'Name the header in which callers send their key (`apiKey`), or leave it out.';
      throw new DeployError('badAttachment', `${message} ${mend}`);
    }
    if (this.#passKeyApis.size === 0) {
      const list = Lazy.string({ produce: () => [...this.#passKeyApis].join(',') });
      this.fn.addEnvironment(AUTHORIZER_ENVIRONMENT.passKeyApis, list);
    }
    this.#passKeyApis.add(apiId);
  }

  /** Requests of this API that are over a limit are let through with the verdict: its backend's middleware answers 429. */
  allowSoftDeny(apiId: string): void {
    if (this.#softDenyApis.size === 0) {
      const list = Lazy.string({ produce: () => [...this.#softDenyApis].join(',') });
      this.fn.addEnvironment(AUTHORIZER_ENVIRONMENT.softDenyApis, list);
    }
    this.#softDenyApis.add(apiId);
  }
}

function deadline(
  name: 'firstStoreDeadline' | 'storeDeadline',
  variable: string,
  props: AuthorizerFunctionProps,
): Record<string, string> {
  const given = props[name];
  if (given === undefined) return {};
  const ms = given.toMilliseconds();
  // The function itself has 5 s: a longer deadline could never be kept.
  if (ms < 10 || ms > 4000) throw new DeployError('badProperty', `${name} is ${ms} ms; allowed: 10 ms to 4 s.`);
  return { [variable]: String(ms) };
}

function interval(given: Duration | undefined): Record<string, string> {
  if (given === undefined) return {};
  const ms = given.toMilliseconds();
  if (ms < 1 || ms > 60_000) {
    throw new DeployError('badProperty', `metricsInterval is ${ms} ms; allowed: 1 ms to 60 s.`);
  }
  return { [AUTHORIZER_ENVIRONMENT.flushMs]: String(ms) };
}

function writeTo(logGroup: LogGroup): PolicyStatement {
  const actions = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  return new PolicyStatement({ actions, resources: [logGroup.logGroupArn] });
}

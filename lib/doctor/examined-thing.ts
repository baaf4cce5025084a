import { Lazy, Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import {
  type ApiWithoutStage,
  type DoctorSubject,
  MOST_CHARACTERS,
  subjectsPath,
} from '../../lambda/doctor/subjects.ts';
import { DeployError } from '../deploy-error.ts';
import { gatewayArn } from '../gateway-arn.ts';

export interface ExaminedThingProps {
  readonly gateName: string;
  /** Read when the template is written. */
  readonly subject: () => DoctorSubject;
  /** The doctor's role and the API, where this stack is another than the doctor's: there it gets the permission to look. */
  readonly foreign?: { readonly role: Role; readonly api: ApiWithoutStage } | undefined;
}

/**
 * Something that the doctor has to examine, written down in the stack of that thing: that stack may refer to the gate's, and
 * not the other way round, and what it has written goes with it.
 */
export class ExaminedThing extends Construct {
  /** Absent in the doctor's own stack. */
  readonly permission?: Policy;

  constructor(scope: Construct, id: string, { gateName, subject, foreign }: ExaminedThingProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const parameter = new CfnParameter(this, 'Parameter', {
      name: `${subjectsPath(gateName)}/${this.node.addr}`,
      type: 'String',
      description: `Headgate: examined by the doctor of ${gateName}`,
      value: Lazy.string({ produce: () => stack.toJsonString(subject()) }),
    });
    this.node.addValidation({ validate: () => tooLong(scope, subject()) });
    if (foreign === undefined) return;
    this.permission = new Policy(this, 'MayLook', {
      // Names are the role's, not the stack's: two stacks' policies of one name would overwrite each other.
      policyName: `Examine-${this.node.addr}`,
      roles: [foreign.role],
      statements: [new PolicyStatement({ actions: ['apigateway:GET'], resources: [apiArn(stack, foreign.api)] })],
    });
    // The doctor learns of an API when it may look at it, and until it is gone.
    parameter.node.addDependency(this.permission);
  }
}

/**
 * All of one API, for IAM. One ARN, which the id, of a fixed length, makes exact: a role's inline policies have 10,240
 * characters together, and an API of another stack takes some 150 of them.
 */
export const apiArn = (stack: Stack, { kind, apiId }: ApiWithoutStage): string =>
  gatewayArn(stack, `/${kind === 'rest' ? 'restapis' : 'apis'}/${apiId}*`);

/** The ARN of a log group, whose name begins with the stack's, can be so much longer than the token that stands for it. */
const LONGER_ARN = 240;

/** Other tokens are about as long as the ids that they become. */
function tooLong(scope: Construct, subject: DoctorSubject): string[] {
  const hasArn = 'api' in subject && 'accessLog' in subject.api;
  const length = JSON.stringify(subject).length + (hasArn ? LONGER_ARN : 0);
  if (length <= MOST_CHARACTERS - 96) return [];
  const what = `what the doctor would have to know of "${scope.node.path}" is about ${length} characters long`;
  const mend =
    'api' in subject
      ? 'Protect the whole API with `protect(api)`, name fewer `routes` of an attachment, or set `doctor: false`.'
      : 'Use several gates for the REST APIs of one stack, or set `doctor: false`.';
  const text = `${what}, and a parameter holds ${MOST_CHARACTERS.toLocaleString('en')}.`;
  return [new DeployError('tooMuchToExamine', `${text} ${mend}`).message];
}

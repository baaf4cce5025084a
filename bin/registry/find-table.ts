import {
  type CloudFormationClient,
  DescribeStacksCommand,
  type Output,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { RegistryTableError } from './registry-table-error.ts';

/** Stacks that deploy a gate have an output whose key contains this. */
export const REGISTRY_OUTPUT = 'HeadgateRegistryTable';
export const REGISTRY_VARIABLE = 'HEADGATE_REGISTRY_TABLE';

export interface TableChoice {
  /** `--registry` */
  readonly registry?: string;
  /** `--stack` */
  readonly stack?: string;
}

/**
 * The name of the registry table: as given, else of the environment, else of the stack that has one.
 *
 * @param cloudFormation made only where stacks have to be asked
 * @throws RegistryTableError (HG230) where there is none, or more than one
 */
export async function findRegistryTable(
  choice: TableChoice,
  environment: Readonly<Record<string, string | undefined>>,
  cloudFormation: () => CloudFormationClient,
): Promise<string> {
  const named = choice.registry ?? (choice.stack === undefined ? environment[REGISTRY_VARIABLE] : undefined);
  if (named !== undefined && named !== '') return named;
  const found = await findOutput(cloudFormation(), REGISTRY_OUTPUT, choice);
  const where =
    choice.stack === undefined ? 'no stack of this account and region' : `the stack ${choice.stack} does not`;
  if (found.length === 0) {
    const verb = choice.stack === undefined ? ' has' : ' have';
    throw new RegistryTableError(`${where}${verb} a registry table (an output ${REGISTRY_OUTPUT})`);
  }
  if (found.length > 1) {
    const list = found.map(({ stack, value }) => `${value} (stack ${stack})`).join(', ');
    throw new RegistryTableError(`there are ${found.length} registry tables: ${list}`);
  }
  return found[0]!.value;
}

/**
 * All stacks, or one.
 *
 * @param name the stack's, or that of the gate that it deploys: messages of alarms name the gate
 */
export async function describeStacks(
  client: CloudFormationClient,
  name: string | undefined,
): Promise<readonly Stack[]> {
  if (name === undefined) return stacksNamed(client, undefined);
  // AWS refuses a name that no stack can have, for example one with a dot.
  const found = /^[A-Za-z][A-Za-z0-9-]{0,127}$|^arn:/.test(name) ? await stacksNamed(client, name) : [];
  if (found.length > 0) return found;
  const gates = (await stacksNamed(client, undefined)).flatMap(stackByGate);
  return gates.filter((stack) => outputsOf(stack, GATE_OUTPUT).some(({ value }) => value === name));
}

/**
 * A stack once for each gate that it deploys, with the outputs of that alone. Their keys begin with the path of the gate's
 * construct: each output belongs to the gate with the longest such beginning.
 */
export function stackByGate(stack: Stack): readonly Stack[] {
  const { Outputs = [] } = stack;
  const paths = Outputs.flatMap(({ OutputKey = '' }) => {
    const at = OutputKey.lastIndexOf(GATE_OUTPUT);
    return at < 0 ? [] : [OutputKey.slice(0, at)];
  });
  const ownerOf = ({ OutputKey = '' }: Output) =>
    paths.filter((path) => OutputKey.startsWith(path)).sort((a, b) => b.length - a.length)[0];
  return paths.map((path) => ({ ...stack, Outputs: Outputs.filter((output) => ownerOf(output) === path) }));
}

async function stacksNamed(client: CloudFormationClient, name: string | undefined): Promise<readonly Stack[]> {
  const stacks: Stack[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(new DescribeStacksCommand({ StackName: name, NextToken: token })).catch((error) => {
      // A stack that is not there has none of what is looked for.
      if (error.name === 'ValidationError' && /does not exist/.test(error.message)) return undefined;
      throw error;
    });
    stacks.push(...(page?.Stacks ?? []));
    token = page?.NextToken;
  } while (token !== undefined);
  return stacks;
}

/** Stacks that deploy a gate have an output whose key contains this; its value is the gate's name. */
export const GATE_OUTPUT = 'HeadgateGateName';

/** The outputs of one stack, or of all, whose key contains `key`. */
export async function findOutput(
  cloudFormation: CloudFormationClient,
  key: string,
  { stack }: Pick<TableChoice, 'stack'>,
): Promise<readonly { readonly stack: string; readonly value: string }[]> {
  return (await describeStacks(cloudFormation, stack)).flatMap((one) => outputsOf(one, key));
}

function outputsOf({ StackName = '', Outputs = [] }: Stack, key: string) {
  return Outputs.filter((output) => output.OutputKey?.includes(key) && output.OutputValue).map((output) => ({
    stack: StackName,
    value: output.OutputValue!,
  }));
}

import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { stackArgument } from '../../lambda/report/report.ts';
import { gateIn, newStack, type Properties, resources } from './support/stacks.ts';

/** The stack or gate that the messages of the alarms and the commands of the reports of a stack name. */
function targetsIn(stack: ReturnType<typeof newStack>): string[] {
  Template.fromStack(stack);
  const messages = Object.values(resources(stack, 'AWS::CloudWatch::CompositeAlarm')).map(
    ({ AlarmDescription }: Properties) => /headgate status(.*)\n/.exec(AlarmDescription)![1]!,
  );
  const functions = Object.values(resources(stack, 'AWS::Lambda::Function'));
  const reports = functions.flatMap(({ Environment }: Properties) => Environment?.Variables?.HEADGATE_STACK ?? []);
  return [...new Set([...messages, ...reports.map(stackArgument)])].sort();
}

test('commands in messages name the stack, and of two gates in one stack the gate', () => {
  const stack = newStack();
  const first = gateIn(stack, { alarms: {}, report: {} });
  expect(targetsIn(stack)).toEqual([` --stack ${stack.stackName}`]);

  const both = newStack();
  gateIn(both, { alarms: {}, report: {} });
  const second = gateIn(new Construct(both, 'Second') as never, { alarms: {}, report: {} });
  expect(targetsIn(both)).toEqual([first, second].map(({ gateName }) => ` --stack ${gateName}`).sort());
});

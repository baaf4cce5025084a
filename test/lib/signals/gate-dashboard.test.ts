import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { INSIGHT_RULES } from '../../../lambda/report/insight-rules.ts';
import { METRIC_DESCRIPTIONS } from '../../../lambda/signals/metric-names.ts';
import { ACCESS_LOG_METRICS } from '../../../lib/signals/access-log-metrics.ts';
import { gateIn, newStack, onlyResource, resources } from '../support/stacks.ts';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly markdown?: string;
    readonly title?: string;
    readonly alarms?: unknown[];
    readonly insightRule?: { readonly ruleName: string };
  };
}

/** The widgets, with references written as `<Name>`. */
function widgetsOf(stack: Stack): Widget[] {
  const { DashboardBody: body } = onlyResource(stack, 'AWS::CloudWatch::Dashboard');
  const parts = body['Fn::Join'][1] as (string | { readonly Ref?: string; readonly 'Fn::GetAtt'?: string[] })[];
  const text = parts.map((part) =>
    typeof part === 'string' ? part : `<${part.Ref ?? part['Fn::GetAtt']?.join('.')}>`,
  );
  return JSON.parse(text.join('')).widgets;
}

describe('the dashboard', () => {
  const stack = newStack('Shop');
  gateIn(stack, { gateName: 'shop.prod', dashboard: true, accessLogs: {} });
  const widgets = widgetsOf(stack);
  const all = JSON.stringify(widgets);

  test('asks the questions in the order in which they come up', () => {
    const headings = widgets
      .filter(({ type }) => type === 'text')
      .sort((one, other) => one.y - other.y)
      .map(({ properties }) => /^## (.*)/.exec(properties.markdown!)![1]);
    expect(headings).toEqual([
      '1. Is it us?',
      '2. Who?',
      '3. Which limit?',
      '4. Is the limiter well?',
      '5. What does it cost?',
    ]);
  });

  test('has room for each widget, and no two in one place', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          expect(taken).not.toContain(`${column},${row}`);
          taken.add(`${column},${row}`);
        }
      }
    }
  });

  test('shows every metric, the insight rules of callers and routes, and every alarm of the gate', () => {
    const times = ['DelayTime'];
    const names = [...Object.keys(METRIC_DESCRIPTIONS), ...Object.keys(ACCESS_LOG_METRICS)];
    const missing = names.filter((name) => !all.includes(`"${name}"`) && !all.includes(`=\\"${name}\\"`));
    expect(missing).toEqual([...times, 'Requests']);
    const rules = widgets.flatMap(({ properties }) => properties.insightRule?.ruleName ?? []);
    const known = Object.keys(INSIGHT_RULES).map((id) => `shop.prod-${id}`);
    expect(rules).toHaveLength(3);
    expect(known).toEqual(expect.arrayContaining(rules));
    const { alarms } = widgets.find(({ type }) => type === 'alarm')!.properties;
    const made = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
      Object.keys(resources(stack, type)),
    );
    expect(alarms).toHaveLength(made.length);
    expect(made.length).toBeGreaterThan(0);
  });

  test('has a name of its gate and region, and an output with its address', () => {
    expect(onlyResource(stack, 'AWS::CloudWatch::Dashboard').DashboardName).toEqual({
      'Fn::Join': ['', ['shop-prod-', { Ref: 'AWS::Region' }]],
    });
    const outputs = Object.entries(Template.fromStack(stack).findOutputs('*'));
    const [, url] = outputs.find(([name]) => name.includes('HeadgateDashboardUrl'))!;
    expect(JSON.stringify(url.Value)).toContain('#dashboards/dashboard/');
  });

  test('writes prices as numbers that metric math can read', () => {
    const expressions = [...all.matchAll(/"expression":"(.*?)(?<!\\)"/g)].map(([, text]) => text!);
    expect(expressions.length).toBeGreaterThan(3);
    for (const expression of expressions) expect(expression).not.toMatch(/\de-?\d/);
  });
});

test('without access logs it does without what is counted from them', () => {
  const stack = newStack();
  gateIn(stack, { dashboard: true });
  const all = JSON.stringify(widgetsOf(stack));
  expect(all).not.toContain('"GatewayThrottled"');
  expect(all).toContain('"Limited"');
});

test('dashboard: false makes none', () => {
  const stack = newStack();
  gateIn(stack, { dashboard: false });
  expect(resources(stack, 'AWS::CloudWatch::Dashboard')).toEqual({});
});

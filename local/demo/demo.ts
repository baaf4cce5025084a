import type { Policy } from '../../lambda/policy/policy.ts';
import { type AlarmMessage, listenToAlarms } from '../alarm-messages.ts';
import { clientConfig } from '../clients.ts';
import type { LocalAws } from '../local-aws.ts';
import { type Batch, type DemoClient, demoClients, demoTraffic } from './callers.ts';
import { type ExampleOutputs, httpUrl, restUrl } from './example.ts';
import { Expectations } from './expectation.ts';
import { judge } from './judge.ts';
import { registerClients } from './register.ts';
import { type Row, rowOf } from './table.ts';
import { isAllowed, send } from './traffic.ts';

/** How long the alarm's message may take: the local AWS looks at an alarm as soon as its metric arrives. */
const MESSAGE_MS = 30_000;

/** One demo against a deployed example. Its steps are to be taken in the order in which they stand here. */
export class Demo {
  readonly rows: Row[] = [];
  readonly mismatches: string[] = [];
  readonly keyHeader: string;
  keys: Readonly<Record<DemoClient, string>> | undefined;
  message: AlarmMessage | undefined;
  readonly #aws: LocalAws;
  readonly #outputs: ExampleOutputs;
  readonly #policy: Policy;
  #alarms: Awaited<ReturnType<typeof listenToAlarms>> | undefined;

  constructor(aws: LocalAws, outputs: ExampleOutputs, policy: Policy) {
    this.#aws = aws;
    this.#outputs = outputs;
    this.#policy = policy;
    this.keyHeader = policy.identify.find((source) => source.kind === 'apiKey')?.header ?? 'x-api-key';
  }

  /** Registers the clients and subscribes a queue to the alarm's topic. */
  async prepare(): Promise<void> {
    const config = clientConfig(this.#aws.endpoint);
    this.#alarms = await listenToAlarms(config, this.#outputs.AlarmTopicArn, 'headgate-demo-alarms');
    this.keys = await registerClients(config, this.#outputs.RegistryTableName, demoClients(this.#policy.tiers));
  }

  /** Sends everything, and notes what is not as the policy says. */
  async sendAll(signal: AbortSignal, progress: (line: string) => void): Promise<void> {
    const expectations = new Expectations(this.#policy);
    const traffic = demoTraffic(demoClients(this.#policy.tiers), this.keys!);
    for (const batch of traffic) {
      progress(`${batch.caller.name}: ${batch.count} x ${batch.api} ${batch.method} ${batch.path}`);
      const outcome = await send(batch, { url: (b) => this.#url(b), keyHeader: this.keyHeader, signal });
      this.mismatches.push(...judge(outcome, expectations.of(batch, outcome.span)));
      for (const { sentAt, answeredAt } of outcome.answers.filter(isAllowed)) {
        expectations.charge(batch, sentAt, answeredAt);
      }
      this.rows.push(rowOf(outcome));
    }
    for (const api of ['REST', 'HTTP']) {
      const rows = this.rows.filter((row) => row.api === api);
      if (!rows.some(({ allowed }) => allowed > 0)) this.mismatches.push(`${api} API: nothing was allowed`);
    }
  }

  /** Waits for the alarm's message, which the traffic must have set off. */
  async waitForAlarm(): Promise<void> {
    // Alarms of one cause are heard as one.
    const name = this.#outputs.PageAlarmName;
    this.message = await this.#alarms!.next(
      ({ AlarmName, NewStateValue }) => AlarmName === name && NewStateValue === 'ALARM',
      MESSAGE_MS,
    );
    if (this.message === undefined) {
      this.mismatches.push(`alarm ${name}: no message within ${MESSAGE_MS / 1000} s, though requests were limited`);
    }
  }

  /** Whether any request was answered 429, so that the alarm has a reason. */
  get limited(): boolean {
    return this.rows.some((row) => row.limited > 0);
  }

  #url(batch: Batch): string {
    const url = batch.api === 'REST' ? restUrl : httpUrl;
    return url(this.#aws, this.#outputs, batch.path);
  }
}

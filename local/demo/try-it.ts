import type { LocalAws } from '../local-aws.ts';
import type { DemoClient } from './callers.ts';
import { type ExampleOutputs, httpUrl, restUrl } from './example.ts';

/** Lines to paste into a shell, with keys that work. */
export function curlLines(
  aws: LocalAws,
  outputs: ExampleOutputs,
  keys: Readonly<Record<DemoClient, string>>,
  keyHeader: string,
): readonly string[] {
  const key = (name: DemoClient): string => `-H '${keyHeader}: ${keys[name]}'`;
  const rest = (at: string): string => `'${restUrl(aws, outputs, at)}'`;
  const http = (at: string): string => `'${httpUrl(aws, outputs, at)}'`;
  const codes = "-s -o /dev/null -w '%{http_code}\\n'";
  return [
    `curl -i ${rest('/notes')}`,
    `curl -i ${key('big')} ${http('/notes')}`,
    `for i in 1 2 3 4 5 6 7 8; do curl ${codes} -X POST -H 'x-forwarded-for: 198.51.100.99' ${rest('/login')}; done`,
    `curl -i ${key('hasty')} -d 'one too many' ${rest('/notes')}`,
    `curl -i ${key('blocked')} ${http('/notes')}`,
    `curl -i -X POST -H 'x-forwarded-for: 203.0.113.10' ${rest('/login')}`,
  ];
}

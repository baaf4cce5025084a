import type { Expectation } from './expectation.ts';
import { type Answer, isAllowed, isLimited, type Outcome } from './traffic.ts';

/** Everything in which an outcome is not what the policy says, each as a sentence. */
export function judge({ batch, answers }: Outcome, expected: Expectation): readonly string[] {
  const who = `${batch.caller.name}, ${batch.api} ${batch.method} ${batch.path}`;
  return [
    ...counts(answers, expected),
    ...answers.flatMap((answer, index) => headers(answer, index + 1, expected)),
  ].map((text) => `${who}: ${text}`);
}

function counts(answers: readonly Answer[], { allowed, refused }: Expectation): string[] {
  const passed = answers.filter(isAllowed).length;
  if (refused !== undefined) {
    const others = answers.filter(({ status }) => status !== refused).map(({ status }) => status);
    return others.length === 0 ? [] : [`every answer must be ${refused}, but there were ${others.join(', ')}`];
  }
  const range = allowed.least === allowed.most ? `${allowed.least}` : `${allowed.least} to ${allowed.most}`;
  const wrong = passed < allowed.least || passed > allowed.most;
  const strange = answers.filter((answer) => !isAllowed(answer) && !isLimited(answer)).map(({ status }) => status);
  return [
    ...(wrong ? [`${range} of ${answers.length} must pass, but ${passed} did`] : []),
    ...(strange.length > 0 ? [`answers must be 2xx or 429, but there were ${strange.join(', ')}`] : []),
  ];
}

function headers(answer: Answer, number: number, { refused, sizes }: Expectation): string[] {
  if (refused !== undefined || sizes.length === 0 || !(isAllowed(answer) || isLimited(answer))) return [];
  const read = (name: string): number => Number(answer.headers.get(name) ?? Number.NaN);
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => read(`x-ratelimit-${name}`));
  const problems: string[] = [];
  if (!sizes.includes(limit!)) problems.push(`X-RateLimit-Limit is ${limit}, allowed: ${sizes.join(', ')}`);
  if (!(remaining! >= 0 && remaining! < limit!)) problems.push(`X-RateLimit-Remaining is ${remaining} of ${limit}`);
  // Reset is in whole Unix seconds and lies after the answer, or in the same second.
  if (!(reset! * 1000 >= answer.sentAt - 1000)) problems.push(`X-RateLimit-Reset is ${reset}`);
  if (isLimited(answer)) {
    if (remaining !== 0) problems.push(`X-RateLimit-Remaining of a 429 is ${remaining}`);
    const retryAfter = read('retry-after');
    if (!(Number.isInteger(retryAfter) && retryAfter >= 1))
      problems.push(`Retry-After is ${answer.headers.get('retry-after')}`);
  }
  return problems.map((text) => `answer ${number} (${answer.status}): ${text}`);
}

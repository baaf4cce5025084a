import type { AttachRecords, Obstacle } from '../model.ts';
import { isOurs } from '../plan.ts';
import { responseKey } from './keys.ts';
import type { RestMethod, RestState } from './rest-state.ts';
import { responseValue } from './values.ts';

const WHY = 'the answer to ACCESS_DENIED is one for the whole API, so its 403 would read 429';
const WAYS_ON = [
  '`deny: middleware` (limited requests reach the backend, and its middleware answers 429)',
  '`sharedDeny: true`, if that is fine',
];

/**
 * Who else can refuse a request of this API with `ACCESS_DENIED`.
 *
 * @param others methods that keep an authorization of their own
 */
export function denyHazards(state: RestState, others: readonly RestMethod[], records: AttachRecords): Obstacle[] {
  const hazards: Obstacle[] = [];
  const byWhom = new Map<string, string[]>();
  for (const method of others) {
    const whom = authorizationText(method, state);
    byWhom.set(whom, [...(byWhom.get(whom) ?? []), method.route]);
  }
  for (const [whom, routes] of byWhom) {
    hazards.push({ what: `it has ${whom}, and ${WHY}`, where: routes.join(', '), waysOn: WAYS_ON });
  }
  if (state.hasResourcePolicy) {
    hazards.push({ what: `it can refuse requests, and ${WHY}`, where: 'the resource policy', waysOn: WAYS_ON });
  }
  const response = ownDenyResponse(state, records);
  // One that says 429 already changes nothing by staying.
  if (response !== undefined && response !== '429') {
    hazards.push({
      what: `the API has its own, with status ${response || '403'}; it would have to go for ours`,
      where: 'gateway response ACCESS_DENIED',
      waysOn: [WAYS_ON[0]!, '`sharedDeny: true` (yours stays, and limited requests read as it says)'],
    });
  }
  return hazards;
}

/** The status of a response for ACCESS_DENIED that is not ours; empty where it sets none. */
export function ownDenyResponse({ responses }: RestState, records: AttachRecords): string | undefined {
  const response = responses.get('ACCESS_DENIED');
  if (response === undefined) return undefined;
  const record = records.get(responseKey('ACCESS_DENIED'));
  return record !== undefined && isOurs(record, responseValue(response)) ? undefined : response.statusCode;
}

/** `the authorizer "login" (CUSTOM)`, `IAM authorization`. */
export function authorizationText({ authorizationType, authorizerId }: RestMethod, { authorizers }: RestState): string {
  if (authorizerId === undefined) {
    return authorizationType === 'AWS_IAM' ? 'IAM authorization' : `authorization ${authorizationType}`;
  }
  const name = authorizers.find(({ id }) => id === authorizerId)?.name ?? authorizerId;
  return `the authorizer "${name}" (${authorizationType})`;
}

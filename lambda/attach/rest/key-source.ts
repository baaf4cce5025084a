import type { AttachTarget, LeftRoute, Obstacle } from '../model.ts';
import { authorizationText } from './hazards.ts';
import type { RestMethod, RestState } from './rest-state.ts';

/**
 * Methods that require an API key, on an API that takes keys from its authorizers (`apiKeySource: AUTHORIZER`) instead of
 * the header `x-api-key`: without an authorizer that gives one (`usageIdentifierKey`) they answer 403 to everybody.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
 */
function needsGivenKey({ apiKeyRequired }: RestMethod, { keysFromAuthorizer }: RestState): boolean {
  return apiKeyRequired && keysFromAuthorizer;
}

/**
 * Whether a method lets nobody in, with or without the gate: no Lambda authorizer could give it a key, and the gate gives
 * none either. Only an owner who says `passKeys` wants it opened.
 *
 * @param method as its owner has it
 */
export function letsNobodyIn(method: RestMethod, state: RestState, { passKeys }: AttachTarget): boolean {
  return needsGivenKey(method, state) && method.authorizationType !== 'CUSTOM' && passKeys !== true;
}

/** What is said of such a method. */
export function lockedMethod({ route }: RestMethod): LeftRoute {
  const why =
    'it requires an API key that only a Lambda authorizer can give (`apiKeySource: AUTHORIZER`), and has none';
  return {
    route,
    reason: `${why}: it answers 403 to everybody`,
    waysOn: ['`passKeys: true` (the gate gives the key that the caller sends, and the method lets its holder in)'],
  };
}

/**
 * A method whose Lambda authorizer may give it its key: in its place, the gate has to.
 *
 * @param method as its owner has it, about to be taken
 */
export function lostKeyObstacles(method: RestMethod, state: RestState, { passKeys }: AttachTarget): Obstacle[] {
  if (!needsGivenKey(method, state) || method.authorizationType !== 'CUSTOM' || passKeys === true) return [];
  const whom = authorizationText(method, state);
  return [
    {
      what: `it requires an API key that ${whom} gives it; with the gate in its place every caller would get 403`,
      where: method.route,
      waysOn: [
        "`passKeys: true`, if callers send that key in the header of the policy's `identify`",
        '`routes` without this one, and `limit()` inside your authorizer (`withRateLimit`)',
      ],
    },
  ];
}

import { type AttachTarget, authorizerName, type Obstacle } from '../model.ts';
import { sameValue } from '../value.ts';
import type { ExportedHttpApi, ExportedRoute } from './exported-api.ts';
import type { HttpState } from './http-state.ts';

/**
 * How the API differs from what its stage serves, apart from what we have changed: a deployment would publish that. A stage
 * that deploys by itself, or was never deployed to, has nothing unpublished.
 */
export function unpublishedEdits({ exports }: HttpState, target: AttachTarget): Obstacle[] {
  if (exports === undefined) return [];
  const { served, latest } = exports;
  const stage = `stage "${target.stage}"`;
  if (served === undefined || latest === undefined) {
    const what = 'what it serves could not be compared with the API, and our deployment would publish all of it';
    return [{ what, where: stage, waysOn: ['deploy the API to it, to be sure, and then `publishPending: true`'] }];
  }
  return editsBetween(served, latest, authorizerName(target.gate)).map(({ where, what }) => ({
    where,
    what: `${what}, and ${stage} does not serve that yet: our deployment would publish it`,
    waysOn: ['publish or undo it first', '`publishPending: true`'],
  }));
}

interface Edit {
  readonly where: string;
  readonly what: string;
}

function editsBetween(served: ExportedHttpApi, latest: ExportedHttpApi, ours: string): Edit[] {
  const edits: Edit[] = [];
  for (const [route, now] of latest.operations) {
    const then = served.operations.get(route);
    const what = then === undefined ? 'it was added' : routeEdit(then, now, ours);
    if (what !== undefined) edits.push({ where: route, what });
  }
  for (const route of served.operations.keys()) {
    if (!latest.operations.has(route)) edits.push({ where: route, what: 'it was removed' });
  }
  for (const [name, now] of latest.authorizers) {
    const then = served.authorizers.get(name);
    // One that only one side has matters where a route asks it, and the route says so.
    if (name === ours || then === undefined || sameValue(then, now)) continue;
    edits.push({ where: `authorizer "${name}"`, what: 'it was changed' });
  }
  if (!sameValue(served.cors, latest.cors)) edits.push({ where: 'CORS', what: 'it was changed' });
  return edits;
}

function routeEdit(then: ExportedRoute, now: ExportedRoute, ours: string): string | undefined {
  if (!isOurChange(then, now, ours) && (then.iam !== now.iam || !sameNames(then.security, now.security))) {
    return 'its authorization was changed';
  }
  return sameValue(then.integration, now.integration) ? undefined : 'its integration was changed';
}

/** From anything to the gate, or from the gate to nothing; to somebody else is not ours. */
function isOurChange(then: ExportedRoute, now: ExportedRoute, ours: string): boolean {
  if (now.security.includes(ours)) return true;
  return then.security.includes(ours) && now.security.length === 0 && !now.iam;
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  [...a].sort().join('\n') === [...b].sort().join('\n');

import { type AttachRecords, type AttachTarget, authorizerName, type Obstacle } from '../model.ts';
import { isOurs } from '../plan.ts';
import { sameValue } from '../value.ts';
import type { ExportedHttpApi, ExportedRoute } from './exported-api.ts';
import type { HttpState } from './http-state.ts';
import { routeElementKey, routeValue } from './values.ts';

/**
 * How the API differs from what its stage serves, apart from what we have changed: a deployment would publish that. A stage
 * that deploys by itself, or was never deployed to, has nothing unpublished.
 */
export function unpublishedEdits(state: HttpState, target: AttachTarget, records: AttachRecords): Obstacle[] {
  if (state.exports === undefined) return [];
  const { served, latest } = state.exports;
  const stage = `stage "${target.stage}"`;
  if (served === undefined || latest === undefined) {
    const what = 'what it serves could not be compared with the API, and our deployment would publish all of it';
    return [{ what, where: stage, waysOn: ['deploy the API to it, to be sure, and then `publishPending: true`'] }];
  }
  const gate: Gate = { name: authorizerName(target.gate), overruled: overruledRoutes(state, records) };
  return editsBetween(served, latest, gate).map(({ where, what }) => ({
    where,
    what: `${what}, and ${stage} does not serve that yet: our deployment would publish it`,
    waysOn: ['publish or undo it first', '`publishPending: true`'],
  }));
}

interface Edit {
  readonly where: string;
  readonly what: string;
}

interface Gate {
  /** Of its authorizer. */
  readonly name: string;
  /** Routes whose owner has put something else in the gate's place. */
  readonly overruled: ReadonlySet<string>;
}

/** What was given back has no record any more: it is as the owner had it, and not his edit. */
function overruledRoutes({ routes }: HttpState, records: AttachRecords): ReadonlySet<string> {
  const overruled = routes.filter((route) => {
    const record = records.get(routeElementKey(route));
    const present = routeValue(route);
    return record !== undefined && !isOurs(record, present) && !sameValue(present, record.before);
  });
  return new Set(overruled.map(({ route }) => route));
}

function editsBetween(served: ExportedHttpApi, latest: ExportedHttpApi, gate: Gate): Edit[] {
  const edits: Edit[] = [];
  for (const [route, now] of latest.operations) {
    const then = served.operations.get(route);
    const what = then === undefined ? 'it was added' : routeEdit(route, then, now, gate);
    if (what !== undefined) edits.push({ where: route, what });
  }
  for (const route of served.operations.keys()) {
    if (!latest.operations.has(route)) edits.push({ where: route, what: 'it was removed' });
  }
  for (const [name, now] of latest.authorizers) {
    const then = served.authorizers.get(name);
    // One that only one side has matters where a route asks it, and the route says so.
    if (name === gate.name || then === undefined || sameValue(then, now)) continue;
    edits.push({ where: `authorizer "${name}"`, what: 'it was changed' });
  }
  if (!sameValue(served.cors, latest.cors)) edits.push({ where: 'CORS', what: 'it was changed' });
  return edits;
}

function routeEdit(route: string, then: ExportedRoute, now: ExportedRoute, gate: Gate): string | undefined {
  const isOurChange = now.security.includes(gate.name) || then.security.includes(gate.name);
  const isTheirs = !isOurChange || (gate.overruled.has(route) && (now.iam || now.security.length > 0));
  if (isTheirs && (then.iam !== now.iam || !sameNames(then.security, now.security))) {
    return 'its authorization was changed';
  }
  return sameValue(then.integration, now.integration) ? undefined : 'its integration was changed';
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  [...a].sort().join('\n') === [...b].sort().join('\n');

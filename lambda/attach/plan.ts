import { stageOfAccessLogKey } from './access-log-key.ts';
import { deploymentKey, isDeploymentKey, noteOf } from './deployment-note.ts';
import {
  type ApiAdapter,
  type AttachRecord,
  type AttachRecords,
  type AttachTarget,
  AUTHORIZER,
  type Element,
  type Json,
  type LeftRoute,
  type Obstacle,
  type Survey,
} from './model.ts';
import { earlierName, renamedObstacle } from './other-gate.ts';
import { sameValue } from './value.ts';

/** What attaching would do. Nothing is touched by making one. */
export interface Plan {
  /** Elements that are not as wanted, in the order in which they are changed. */
  readonly changes: readonly Element[];
  /** What an earlier run changed and this target no longer covers: it is given back. */
  readonly restores: readonly AttachRecord[];
  /** The same, but somebody else has changed it since: it stays as it is. */
  readonly kept: readonly AttachRecord[];
  /** Records of what is as it was before, or whose place does not exist any more. */
  readonly settled: readonly AttachRecord[];
  readonly left: readonly LeftRoute[];
  /** Why nothing is done. */
  readonly obstacles: readonly Obstacle[];
  /** Whether the stage needs a new deployment. */
  readonly publishes: boolean;
  /** What the owner has not published and that deployment would. */
  readonly unpublished: readonly Obstacle[];
}

/** What there is to do so that the API is as the target says. Pure. */
export function planAttachment<State>(
  adapter: ApiAdapter<State>,
  state: State,
  target: AttachTarget,
  records: AttachRecords,
): Plan {
  const survey = adapter.survey(state, target, records);
  const wanted = new Set(survey.elements.map(({ key }) => key));
  const uncovered = [...records.values()].filter(({ key }) => !wanted.has(key) && key !== AUTHORIZER);
  const changes = survey.elements.filter(({ present, wanted }) => !sameValue(present, wanted));
  const back = planRestores(adapter, state, uncovered);
  const publishes = mustPublish(
    adapter,
    state,
    target,
    records,
    survey,
    [...changes, ...back.restores].some(isOfDeployment),
  );
  const pending = publishes && target.publishPending !== true ? survey.unpublished : [];
  const earlier = earlierName(records, target);
  return {
    changes,
    ...back,
    left: survey.left,
    obstacles: earlier === undefined ? [...survey.obstacles, ...pending] : [renamedObstacle(earlier)],
    publishes,
    unpublished: survey.unpublished,
  };
}

/** What becomes of records: only what is still as we set it is given back. Pure. */
export function planRestores<State>(
  adapter: ApiAdapter<State>,
  state: State,
  records: Iterable<AttachRecord>,
): Pick<Plan, 'restores' | 'kept' | 'settled'> {
  const plan = { restores: [] as AttachRecord[], kept: [] as AttachRecord[], settled: [] as AttachRecord[] };
  for (const record of records) {
    if (isDeploymentKey(record.key)) continue;
    const present = adapter.present(state, record.key);
    if (present === undefined || sameValue(present, record.before)) plan.settled.push(record);
    else if (isOurs(record, present)) plan.restores.push(record);
    else plan.kept.push(record);
  }
  // Last changed, first given back: a route before the authorizer that it refers to.
  plan.restores.reverse();
  return plan;
}

/** Whether a value is one that we have set, or were about to set. */
export function isOurs({ after, earlier }: AttachRecord, present: Json): boolean {
  return sameValue(present, after) || (earlier !== undefined && sameValue(present, earlier));
}

/** A setting of the stage itself is in no snapshot, and goes live at once. */
const isOfDeployment = ({ key }: { readonly key: string }): boolean => stageOfAccessLogKey(key) === undefined;

function mustPublish<State>(
  adapter: ApiAdapter<State>,
  state: State,
  { stage }: AttachTarget,
  records: AttachRecords,
  { behind = [] }: Survey,
  anyChange: boolean,
): boolean {
  if (adapter.deployment(state, stage) === undefined) return false;
  const record = records.get(deploymentKey(stage));
  return anyChange || behind.length > 0 || (record !== undefined && noteOf(record).pending);
}

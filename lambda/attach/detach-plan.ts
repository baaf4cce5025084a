import { stageOfAccessLogKey } from './access-log-key.ts';
import { AttachError } from './attach-error.ts';
import { isDeploymentKey, noteOf } from './deployment-note.ts';
import { type ApiAdapter, type AttachRecords, type AttachTarget, AUTHORIZER, type Obstacle } from './model.ts';
import { earlierName } from './other-gate.ts';
import { type Plan, planRestores } from './plan.ts';

/** What detaching would do. Nothing is touched by making one. */
export interface DetachPlan extends Pick<Plan, 'restores' | 'kept'> {
  /** Stages that are taken off the gate: to their deployment of before, or where that is not right to a new one (`null`). */
  readonly stages: readonly { readonly stage: string; readonly to: string | null }[];
  /** Whether the authorizer goes in the end. */
  readonly authorizer: boolean;
  /** What would stop it: edits that a new deployment would publish (HG240), who still asks the authorizer (HG244). */
  readonly obstacles: readonly Obstacle[];
}

/**
 * What `detach` would do with an API as it is now. Calls only what reads.
 *
 * Not seen: a recorded deployment that somebody has deleted; the stage gets a new one then.
 *
 * @returns undefined where the API does not exist any more: then only the records go
 */
export async function planDetachment<State>(
  adapter: ApiAdapter<State>,
  target: AttachTarget,
  records: AttachRecords,
): Promise<DetachPlan | undefined> {
  const state = await adapter.read(target);
  if (state === undefined) return undefined;
  const nothing = { restores: [], kept: [], stages: [], authorizer: false, obstacles: [] };
  if (earlierName(records, target) !== undefined) return nothing;
  const elements = [...records.values()].filter(({ key }) => key !== AUTHORIZER);
  const { restores, kept } = planRestores(adapter, state, elements);
  const plan = { restores, kept, authorizer: records.has(AUTHORIZER) };
  try {
    const asking = await adapter.asking(target);
    const { stages, obstacles } = await planStages(adapter, target, records, asking.stages);
    const back = new Set(restores.map(({ key }) => key.replace(/^(?:method|route) /, '')));
    const settled = new Set([...stages.map(({ stage }) => stage), ...obstacles.map(({ stage }) => stage)]);
    return {
      ...plan,
      stages,
      obstacles: [
        ...obstacles.flatMap(({ unpublished }) => unpublished),
        ...asking.routes.filter((route) => !back.has(route)).map(askingRoute),
        ...asking.stages.filter((stage) => !settled.has(stage)).map(askingStage),
      ],
    };
  } catch (error) {
    if (!(error instanceof AttachError)) throw error;
    // What cannot be told stops the detaching too.
    return { ...plan, stages: [], obstacles: [{ what: error.message, where: 'its stages', waysOn: [] }] };
  }
}

/** The stage that records are of; where they name none, one that an API of this kind mostly has. */
export function stageOfRecords(records: AttachRecords, kind: AttachTarget['kind']): string {
  const stages = [...records.values()].flatMap((record) =>
    isDeploymentKey(record.key) ? [noteOf(record).stage] : (stageOfAccessLogKey(record.key) ?? []),
  );
  return stages.at(-1) ?? (kind === 'http' ? '$default' : 'prod');
}

/** As `withdraw` does it. */
async function planStages<State>(
  adapter: ApiAdapter<State>,
  target: AttachTarget,
  records: AttachRecords,
  asking: readonly string[],
) {
  const stages: { stage: string; to: string | null }[] = [];
  const obstacles: { stage: string; unpublished: readonly Obstacle[] }[] = [];
  for (const record of records.values()) {
    if (!isDeploymentKey(record.key)) continue;
    const { stage, before, ours } = noteOf(record);
    const at = { ...target, stage };
    const state = await adapter.read(at);
    const serving = state && adapter.deployment(state, stage);
    if (state === undefined || serving === undefined || serving === before) continue;
    if (ours.includes(serving) && before !== null) {
      stages.push({ stage, to: before });
    } else if (asking.includes(stage)) {
      const unpublished = target.publishPending === true ? [] : adapter.survey(state, at, records).unpublished;
      if (unpublished.length > 0) obstacles.push({ stage, unpublished: unpublished.map(inTheEnd) });
      else stages.push({ stage, to: null });
    }
  }
  return { stages, obstacles };
}

/** The entry that could say `publishPending` is not there any more. */
const inTheEnd = ({ what, where }: Obstacle): Obstacle => ({
  what,
  where,
  waysOn: ['publish or undo it first', 'deploy the entry with `publishPending: true` before you take it out'],
});

const askingRoute = (where: string): Obstacle => ({
  what: 'it asks the authorizer, and attaching did not make it: it would answer 500 without (HG244)',
  where,
  waysOn: ['give it another authorization'],
});

const askingStage = (stage: string): Obstacle => ({
  what: 'the deployment that it serves asks the authorizer: it would answer 500 without (HG244)',
  where: `stage "${stage}"`,
  waysOn: ['deploy it again when the API has been given back, and delete or deploy the gate again'],
});

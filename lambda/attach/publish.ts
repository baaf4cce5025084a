import { AttachError } from './attach-error.ts';
import { type DeploymentNote, deploymentKey, noteOf, recordOf } from './deployment-note.ts';
import type { EngineParts } from './engine.ts';
import type { AttachRecords, AttachTarget } from './model.ts';

/**
 * Notes, before anything is changed, what the stage serves and that a deployment is due: a run that is killed before its
 * deployment leaves a stage without the gate, and the next run could not see that from the API.
 *
 * A deployment to go back to is kept only as long as going back takes nothing from the owner: not when he has deployed
 * since, and not when ours publishes edits of his.
 */
export async function noteDeployment<State>(
  { records, clock }: EngineParts<State>,
  known: AttachRecords,
  stage: { readonly name: string; readonly serving: string; readonly publishesEdits: boolean },
): Promise<void> {
  const { name, serving, publishesEdits } = stage;
  const old = known.get(deploymentKey(name));
  if (old === undefined) {
    const before = publishesEdits ? null : serving;
    await records.putFirst(recordOf({ stage: name, before, ours: [], pending: true }, clock()));
    return;
  }
  const note = noteOf(old);
  const deployedSince = !note.ours.includes(serving) && serving !== note.before;
  const before = publishesEdits || deployedSince ? null : note.before;
  const ours = note.ours.filter((id) => id === serving);
  await records.update(recordOf({ ...note, before, ours, pending: true }, old.at));
}

/**
 * Makes a stage serve the API as it is now. The new deployment's id is noted before the stage serves it, so that whatever
 * the stage serves can be told apart from what its owner has deployed. A kill leaves at most a deployment that nobody
 * serves; the next run makes another one and sweeps it away.
 */
export async function publish<State>(
  { adapter, records, clock }: EngineParts<State>,
  target: AttachTarget,
  note: DeploymentNote,
): Promise<void> {
  const made = await adapter.createDeployment(target);
  await records.update(recordOf({ ...note, ours: [...note.ours, made], pending: true }, clock()));
  if (!(await adapter.serve(target, note.stage, made))) {
    throw new AttachError('refused', `the deployment ${made} for stage "${note.stage}" was deleted meanwhile`);
  }
  await records.update(recordOf({ ...note, ours: [made], pending: false }, clock()));
  await adapter.sweepDeployments(target);
}

import { ObstaclesError } from './attach-error.ts';
import { noteOf } from './deployment-note.ts';
import { apiText, type EngineParts } from './engine.ts';
import type { AttachRecord, AttachTarget } from './model.ts';
import { publish } from './publish.ts';

/**
 * Takes the gate off a stage; then forgets the stage.
 *
 * Where the stage serves our deployment it goes back to the one that it served before: exactly that, and nothing of the
 * owner's is published. Where somebody has deployed since, or that deployment is gone, the stage needs a new one as soon
 * as what it serves asks the authorizer.
 *
 * @param given whether the API itself has been given back. If not (another stage is attached instead), a new deployment
 *   would not help: the stage stays as it is and is remembered.
 * @throws ObstaclesError HG240 where a new deployment would publish edits of the owner and the target does not say that it may
 */
export async function withdraw<State>(
  parts: EngineParts<State>,
  target: AttachTarget,
  record: AttachRecord,
  given: boolean,
): Promise<void> {
  const { adapter, records } = parts;
  const note = noteOf(record);
  const at = { ...target, stage: note.stage };
  const state = await adapter.read(at);
  const serving = state === undefined ? undefined : adapter.deployment(state, note.stage);
  if (state === undefined || serving === undefined || serving === note.before) return records.remove(record.key);

  const isBack =
    note.ours.includes(serving) && note.before !== null && (await adapter.serve(at, note.stage, note.before));
  if (!isBack && (await adapter.asking(at)).stages.includes(note.stage)) {
    if (!given) return;
    const { unpublished } = adapter.survey(state, at, await records.all());
    if (unpublished.length > 0 && target.publishPending !== true) {
      throw new ObstaclesError(apiText(target), unpublished);
    }
    await publish(parts, at, note);
  }
  await records.remove(record.key);
}

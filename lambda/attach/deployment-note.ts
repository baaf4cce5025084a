import type { AttachRecord, Json } from './model.ts';

/** What is remembered of a stage: its record's key names it, `before` is what it served. */
export interface DeploymentNote {
  readonly stage: string;
  /** The deployment to go back to. `null`: going back would take away what the owner has published since. */
  readonly before: string | null;
  /** The last deployment that we have made. */
  readonly made: string | null;
  /** Something was changed that the stage does not serve yet. */
  readonly pending: boolean;
}

const PREFIX = 'deployment ';

export const deploymentKey = (stage: string): string => `${PREFIX}${stage}`;
export const isDeploymentKey = (key: string): boolean => key.startsWith(PREFIX);

export function noteOf(record: AttachRecord): DeploymentNote {
  const after = (record.after ?? {}) as { readonly deployment?: Json; readonly pending?: Json };
  return {
    stage: record.key.slice(PREFIX.length),
    before: typeof record.before === 'string' ? record.before : null,
    made: typeof after.deployment === 'string' ? after.deployment : null,
    pending: after.pending === true,
  };
}

export function recordOf({ stage, before, made, pending }: DeploymentNote, at: number): AttachRecord {
  return { key: deploymentKey(stage), before, after: { deployment: made, pending }, at };
}

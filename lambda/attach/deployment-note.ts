import type { AttachRecord, Json } from './model.ts';

/** What is remembered of a stage: its record's key names it, `before` is what it served. */
export interface DeploymentNote {
  readonly stage: string;
  /** The deployment to go back to. `null`: going back would take away what the owner has published since. */
  readonly before: string | null;
  /**
   * Deployments of ours that the stage may serve: the last one, and the one before it as long as it is not certain that
   * the stage has moved on.
   */
  readonly ours: readonly string[];
  /** Something was changed that the stage does not serve yet. */
  readonly pending: boolean;
}

const PREFIX = 'deployment ';

export const deploymentKey = (stage: string): string => `${PREFIX}${stage}`;
export const isDeploymentKey = (key: string): boolean => key.startsWith(PREFIX);

export function noteOf(record: AttachRecord): DeploymentNote {
  const after = (record.after ?? {}) as { readonly ours?: Json; readonly pending?: Json };
  return {
    stage: record.key.slice(PREFIX.length),
    before: typeof record.before === 'string' ? record.before : null,
    ours: Array.isArray(after.ours) ? after.ours.map(String) : [],
    pending: after.pending === true,
  };
}

export function recordOf({ stage, before, ours, pending }: DeploymentNote, at: number): AttachRecord {
  return { key: deploymentKey(stage), before, after: { ours, pending }, at };
}

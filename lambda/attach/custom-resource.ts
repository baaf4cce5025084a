import { HeadgateError } from '../errors/headgate-error.ts';
import type { AttachReport } from './engine.ts';
import { readExpectedRoutes } from './expected-routes.ts';
import type { AttachTarget } from './model.ts';
import { readTarget } from './read-target.ts';
import { AttachmentFailure } from './reason.ts';
import { type ExpectedRoutes, physicalIdOf } from './resource.ts';

/** What CDK's provider framework sends. */
export interface AttachmentEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
}

/** One run, as far as its time goes. */
export type Run = (verb: 'attach' | 'detach', target: AttachTarget, expected: ExpectedRoutes) => Promise<AttachReport>;

export interface CustomResourceParts {
  readonly run: Run;
  readonly log: (what: string, details: Readonly<Record<string, unknown>>) => void;
}

/**
 * The custom resource's two functions.
 *
 * `onEvent` only names the attachment. It must not do the work: if it failed on Create the framework would answer with an
 * id of its own and swallow the Delete of CloudFormation's rollback, and a half-attached API would stay half attached.
 * `isComplete` does as much as its time allows and is called until it is done; a failure in it has the name already, so
 * that the rollback's Delete comes, and restores.
 */
export function createCustomResource({ run, log }: CustomResourceParts) {
  return {
    onEvent: async (event: AttachmentEvent): Promise<{ PhysicalResourceId: string }> => {
      const { RequestType, PhysicalResourceId, ResourceProperties } = event;
      if (RequestType === 'Delete' && PhysicalResourceId !== undefined) return { PhysicalResourceId };
      return { PhysicalResourceId: physicalIdOf(readTarget(ResourceProperties)) };
    },

    isComplete: async (event: AttachmentEvent): Promise<{ IsComplete: boolean; Data?: Record<string, string> }> => {
      try {
        const target = readTarget(event.ResourceProperties);
        const verb = event.RequestType === 'Delete' ? 'detach' : 'attach';
        const report = await run(verb, target, readExpectedRoutes(event.ResourceProperties));
        log(report.done ? `${verb}: done` : `${verb}: time is up, the next run goes on`, { target, report });
        if (!report.done) return { IsComplete: false };
        return { IsComplete: true, Data: dataOf(report) };
      } catch (error) {
        log('failed', { error: error instanceof Error ? error.message : String(error) });
        if (error instanceof HeadgateError) throw new AttachmentFailure(error.message);
        throw new AttachmentFailure(
          `unexpected: ${error instanceof Error ? `${error.name}: ${error.message}` : 'error'}`,
        );
      }
    },
  };
}

/** For outputs of the stack; long lists are cut. */
function dataOf({ left, kept }: AttachReport): Record<string, string> {
  return { Left: listed(left.map(({ route }) => route)), Kept: listed(kept) };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => name.slice(0, 60));
  return [...shown, ...(names.length > shown.length ? [`and ${names.length - shown.length} more`] : [])].join(', ');
}

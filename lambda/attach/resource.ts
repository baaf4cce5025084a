import type { AttachTarget } from './model.ts';

/** The custom resource's type and its properties: `lib/` writes them, the handler reads them. */
export const ATTACHMENT_RESOURCE = {
  type: 'Custom::HeadgateAttachment',
  /** The target as JSON text (CloudFormation would make strings of booleans). */
  target: 'Target',
  /** `ATTACHMENT_FORMAT`: a version of Headgate that attaches differently runs again on what is attached. */
  format: 'Format',
  /** `ExpectedRoutes` as JSON text: what has to be true before anything is attached. */
  expected: 'ExpectedRoutes',
} as const;

/**
 * Routes of the policy's limits that no API of the app has: each has to be on one of the attached APIs, or the limit would
 * never hold.
 */
export interface ExpectedRoutes {
  readonly routes: readonly { readonly limit: string; readonly route: string }[];
  readonly apis: readonly Pick<AttachTarget, 'kind' | 'apiId'>[];
}

export const ATTACHMENT_FORMAT = '1';

/** Environment variables of the handlers, `onEvent` and `isComplete` of one bundle (`handlers/attach/index.mjs`). */
export const ATTACH_ENVIRONMENT = {
  registryTable: 'HEADGATE_REGISTRY_TABLE',
} as const;

/** One attachment per API and gate: another stage of the same API is a change of it, another API is another one. */
export function physicalIdOf({ kind, apiId, gate }: Pick<AttachTarget, 'kind' | 'apiId' | 'gate'>): string {
  return `headgate-attachment|${gate}|${kind}|${apiId}`;
}

/** What such an id says; undefined for another id. */
export function attachmentOf(physicalId: string): Pick<AttachTarget, 'kind' | 'apiId' | 'gate'> | undefined {
  const [, gate, kind, apiId] = /^headgate-attachment\|(.+)\|(rest|http)\|([A-Za-z0-9]+)$/.exec(physicalId) ?? [];
  if (gate === undefined || apiId === undefined) return undefined;
  return { gate, kind: kind === 'rest' ? 'rest' : 'http', apiId };
}

/** Times of the custom resource: `lib/` sets them, and the handler stops a run in time to be called again. */
export const ATTACH_TIMES = {
  /** Of both handlers, seconds. */
  handlerTimeout: 300,
  /** A run begins no further step with less than this left, ms: one step may have to back off for most of it. */
  reserveMs: 120_000,
  /** Until the next run, seconds (`queryInterval`). */
  pause: 5,
  /** Of the whole attachment, minutes (`totalTimeout`; CloudFormation takes at most 60 for a custom resource). */
  total: 60,
} as const;

/**
 * The words of attaching: putting a gate in front of an API that another stack, Terraform or a hand has made.
 *
 * An API is seen as a set of *elements*: the places that attaching may change. Each has a stable key and a value, and the
 * engine (`attach.ts`, `detach.ts`) only ever compares and sets values; what they mean is the adapter's business, one for
 * each kind of API. The narrower an element is, the more exactly it can be given back.
 */
import type { AttachedApi } from '../policy/attached-api.ts';
import type { HeaderStyle } from '../policy/policy.ts';

export type ApiKind = AttachedApi['kind'];

/** What an attachment is asked to be. It travels as JSON in the custom resource's properties (`resource.ts`). */
export interface AttachTarget extends AttachedApi {
  /** The policy's `headers`: which headers limited answers carry. Absent: `X-RateLimit-*`. */
  readonly headers?: readonly HeaderStyle[];
  /** ARN of the authorizer function. */
  readonly functionArn: string;
  /** Name of the gate; part of the authorizer's name on the API. */
  readonly gate: string;
  /** ARN of the log group for the stage's access log, where the stage has none. Absent: its access log is left alone. */
  readonly accessLog?: string;
}

/** The same apart from the gate itself, as a deployment says it. */
export type AttachmentTarget = Omit<AttachTarget, 'functionArn' | 'gate'>;

/** A value as it is stored in a record. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** One place of an API that attaching changes. */
export interface Element {
  /**
   * Stable over runs, and over a re-import of the API where that is possible: `authorizer`, `method POST /notes`,
   * `gateway-response ACCESS_DENIED`, `route GET /notes`, `integration abc123 200 X-RateLimit-Limit`.
   */
  readonly key: string;
  /** What will be done, for people: `POST /notes: ask the authorizer`. */
  readonly text: string;
  /** The route that it is about, as `METHOD /path`; absent where it is about the whole API. */
  readonly route?: string;
  /** `null`: nothing is there. */
  readonly present: Json;
  readonly wanted: Json;
  /** Where API Gateway refuses it, the rest is done all the same. */
  readonly optional?: true;
}

/**
 * The key of the one authorizer. Adapters list it first: the others refer to its id. Its own value has no id in it: it is
 * known by its name (`authorizerName`), so that a kill between making it and noting it loses nothing.
 */
export const AUTHORIZER = 'authorizer';

/** `.` may not be allowed in a name. One for each gate: two gates may be attached to different routes of one API. */
export const authorizerName = (gate: string): string => `headgate-${gate.replaceAll('.', '-')}`;

/** Stands for the authorizer's id in wanted values as long as it does not exist (in a plan). */
export const NEW_AUTHORIZER = '(new authorizer)';

/** A route that is not touched, and what can be done about it. */
export interface LeftRoute {
  readonly route: string;
  readonly reason: string;
  readonly waysOn: readonly string[];
}

/** Why attaching would do harm. One stops everything. */
export interface Obstacle {
  /** What it is, in one sentence without full stop. */
  readonly what: string;
  /** Where: a route, an authorizer, a stage. */
  readonly where: string;
  readonly waysOn: readonly string[];
}

/** What an adapter finds on an API, seen with a target's eyes. */
export interface Survey {
  /** Everything that has to be as `wanted`, in the order in which it is changed; what is as wanted already included. */
  readonly elements: readonly Element[];
  readonly left: readonly LeftRoute[];
  readonly obstacles: readonly Obstacle[];
  /** Edits of the owner that a deployment would publish. An obstacle only where one has to be made. */
  readonly unpublished: readonly Obstacle[];
  /** Routes that are as wanted, while the stage serves a snapshot in which they are not: a deployment is due. */
  readonly behind?: readonly string[];
}

/**
 * What was there before the gate, in the registry table. Written before the change that it is about; a first `before` is
 * never overwritten.
 */
export interface AttachRecord {
  readonly key: string;
  /** `null`: nothing was there. */
  readonly before: Json;
  /** What we set, or are about to set. `null`: API Gateway refused it. */
  readonly after: Json;
  /** What we had set before `after`: until that is done, this may still be there. */
  readonly earlier?: Json;
  /** Milliseconds since the epoch of the first change. */
  readonly at: number;
}

export type AttachRecords = ReadonlyMap<string, AttachRecord>;

/** Where records are kept: those of one API. */
export interface RecordStore {
  all(): Promise<AttachRecords>;
  /** Does nothing where there is a record of this key. @returns the record that is there now */
  putFirst(record: AttachRecord): Promise<AttachRecord>;
  /** Puts the record in the place of the one that is there. */
  update(record: AttachRecord): Promise<void>;
  remove(key: string): Promise<void>;
}

/**
 * One kind of API. `State` is what it reads; everything that takes a state is pure. Calls go through the paced control
 * plane (`control-plane.ts`).
 */
export interface ApiAdapter<State> {
  /** `undefined`: the API does not exist (any more). A missing stage is in the state, and an obstacle of the survey. */
  read(target: AttachTarget): Promise<State | undefined>;
  /** What is there and what is wanted. Values that `records` hold as ours are never obstacles. */
  survey(state: State, target: AttachTarget, records: AttachRecords): Survey;
  /** The present value of any key, of records' too. `undefined`: its place does not exist any more (a deleted route). */
  present(state: State, key: string): Json | undefined;
  /**
   * Makes an element have this value; `null`: takes it away. It may be called again after a kill, or after somebody else
   * did the same.
   */
  set(state: State, target: AttachTarget, key: string, value: Json): Promise<unknown>;
  /** The deployment that a stage serves. `undefined`: no stage of that name, or changes go live by themselves. */
  deployment(state: State, stage: string): string | undefined;
  /** Takes a snapshot of the API as it is now; no stage serves it yet. @returns its id */
  createDeployment(target: AttachTarget): Promise<string>;
  /** Makes a stage serve a deployment. @returns false where that deployment does not exist (any more) */
  serve(target: AttachTarget, stage: string, deployment: string): Promise<boolean>;
  /** Deletes those of our deployments that no stage serves, and says nothing where one is gone or still served. */
  sweepDeployments(target: AttachTarget): Promise<void>;
  /**
   * Who asks the authorizer as things are: routes of the API, and stages by the snapshots that they serve. Called after
   * everything has been given back: it must be nobody before the authorizer goes.
   */
  asking(target: AttachTarget): Promise<Asking>;
}

export interface Asking {
  /** `METHOD /path` each. */
  readonly routes: readonly string[];
  /** Names of stages. */
  readonly stages: readonly string[];
}

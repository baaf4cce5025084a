/** What happens to one request on its way to the store. */
export type Fault =
  /** Reaches the store; its answer comes back as it is. */
  | { readonly kind: 'none' }
  /** Kept back, before it reaches the store, until `release`. */
  | { readonly kind: 'stall' }
  /** Reaches the store, and its answer is kept back until `release`. */
  | { readonly kind: 'stall-answer' }
  /** Answered in place of the store. */
  | { readonly kind: 'answer'; readonly status: number; readonly type: string }
  /** The socket is reset; the request does not reach the store. */
  | { readonly kind: 'reset' }
  /** The request reaches the store, and the socket is reset in place of the answer. */
  | { readonly kind: 'lost-answer' }
  /** Reaches the store; `spoil` changes the body of the answer. */
  | { readonly kind: 'garble'; readonly spoil: (body: string) => string };

export const NONE: Fault = { kind: 'none' };
export const STALL: Fault = { kind: 'stall' };
export const STALL_ANSWER: Fault = { kind: 'stall-answer' };
export const RESET: Fault = { kind: 'reset' };
export const LOST_ANSWER: Fault = { kind: 'lost-answer' };
export const answer = (status: number, type: string): Fault => ({ kind: 'answer', status, type });
export const garble = (spoil: (body: string) => string): Fault => ({ kind: 'garble', spoil });

/** As DynamoDB words its refusals. */
export const THROTTLED = answer(400, 'ProvisionedThroughputExceededException');
export const THROTTLED_BY_THE_API = answer(400, 'ThrottlingException');
export const SERVER_ERROR = answer(500, 'InternalServerError');
export const NO_TABLE = answer(400, 'ResourceNotFoundException');

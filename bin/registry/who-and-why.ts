import { userInfo } from 'node:os';
import { UsageError } from '../cli/exit.ts';

/** Characters of a reason. */
export const MAX_REASON = 200;

/** @throws UsageError for a reason of several lines, or a long one */
export function checkedReason(reason: string | undefined): string | undefined {
  if (reason !== undefined && (reason.length > MAX_REASON || /\p{Cc}/u.test(reason))) {
    throw new UsageError(`the reason has at most ${MAX_REASON} characters, on one line.`);
  }
  return reason;
}

/** Who changes something, as far as this machine knows; a container may have no name for its user. */
export function userName(): { readonly by?: string } {
  try {
    return { by: userInfo().username };
  } catch {
    return {};
  }
}

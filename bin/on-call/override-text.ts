import { instantText } from '../cli/shown-text.ts';
import { quoted } from '../registry/command-options.ts';
import type { OverridePlace, RegisteredOverride } from '../registry/overrides.ts';

/** `client`, `client for the tier gold` */
export const placeText = ({ limit, tier }: OverridePlace): string =>
  tier === undefined ? limit : `${limit} for the tier ${tier}`;

/** `sign-in is 1/minute until 2026-11-24T22:00:00.000Z (stuffing, by ann)` */
export function overrideText(override: RegisteredOverride): string {
  const { rate, burst } = override;
  const bucket = burst === undefined ? '' : ` with a burst of ${burst}`;
  return `${placeText(override)} is ${rate}${bucket} ${untilText(override)}`;
}

/** `until 2026-11-24T22:00:00.000Z (stuffing, by ann)` */
export function untilText({ until, why, by }: RegisteredOverride): string {
  const details = [why, by && `by ${by}`].filter(Boolean).join(', ');
  return `until ${instantText(until)}${details === '' ? '' : ` (${details})`}`;
}

/** The command line that brings an override back as it was. */
export function overrideCommand(override: RegisteredOverride, now: number): string {
  const { limit, rate, burst, own, until, why } = override;
  const left = Math.max(1, until - Math.floor(now / 1000));
  const tokens = burst === undefined ? '' : ` --burst ${quoted(burst)}`;
  const reason = why === undefined ? '' : ` --reason ${quoted(why)}`;
  const whose = own ? ' --own' : '';
  return `npx headgate override ${quoted(limit)}${whose}${tierOf(override)} --rate ${quoted(rate)}${tokens} --for ${left}s${reason}`;
}

export const removeCommand = (place: OverridePlace): string =>
  `npx headgate override ${quoted(place.limit)}${tierOf(place)} --remove`;

const tierOf = ({ tier }: OverridePlace): string => (tier === undefined ? '' : ` --tier ${quoted(tier)}`);

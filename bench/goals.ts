import { outcomeOf, type Results } from './results.ts';

/** One figure that Headgate has to reach. */
export interface Judged {
  readonly figure: string;
  readonly wanted: string;
  readonly found: string;
  readonly reached: boolean;
}

type Goal = (results: Results) => Judged | undefined;

/** Compared as printed: with two decimals. */
const two = (value: number): string => value.toFixed(2);
const atMost = (value: number, most: number): boolean => Number(two(value)) <= most;

/** Write units for each decision under one workload. */
function writes(workload: string, most: number, contestant = 'headgate'): Goal {
  return (results) => {
    const outcome = outcomeOf(results, contestant, workload);
    if (!outcome) return undefined;
    const reached = atMost(outcome.write, most);
    return { figure: `${workload}: write units`, wanted: `<= ${two(most)}`, found: outcome.write.toFixed(3), reached };
  };
}

/** Never more than the limit in any window. */
const neverOver =
  (workload: string): Goal =>
  (results) => {
    const worst = outcomeOf(results, 'headgate', workload)?.worst;
    if (worst === undefined) return undefined;
    return { figure: `${workload}: worst window`, wanted: '<= 1.00', found: worst.toFixed(3), reached: worst <= 1 };
  };

const burstIsExact: Goal = (results) => {
  const outcome = outcomeOf(results, 'headgate', 'burst');
  if (!outcome) return undefined;
  return {
    figure: 'burst: admitted',
    wanted: '100',
    found: String(outcome.admitted),
    reached: outcome.admitted === 100,
  };
};

const firstNotCharged: Goal = (results) => {
  const overcharged = outcomeOf(results, 'headgate', 'second-denies-P')?.overcharged;
  if (overcharged === undefined) return undefined;
  return {
    figure: 'second-denies: taken from the first limit by denied requests',
    wanted: '0',
    found: String(overcharged),
    reached: overcharged === 0,
  };
};

const ONE_TRIP = ['one-limit-P', 'one-limit-C', 'zipf-P', 'zipf-C', 'five-limits-P', 'five-limits-C'];
const roundTrips: Goal = (results) => {
  const outcomes = ONE_TRIP.flatMap((workload) => outcomeOf(results, 'headgate', workload) ?? []);
  if (outcomes.length === 0) return undefined;
  const [p50, p99] = [
    Math.max(...outcomes.map((one) => one.callsP50)),
    Math.max(...outcomes.map((one) => one.callsP99)),
  ];
  return { figure: 'round trips p50 / p99', wanted: '1 / 1', found: `${p50} / ${p99}`, reached: p50 <= 1 && p99 <= 1 };
};

/** At 0.95 of a ceiling nearly all demand passes; at twice the ceiling nearly all of the ceiling is used. */
function ceiling(load: number, mostWrites: number): Goal {
  return (results) => {
    const found = results.ceiling.find((one) => one.load === load && one.containers === 128);
    if (!found) return undefined;
    const used = found.admitted / Math.min(1, load);
    const never = results.ceiling.every((one) => Math.max(one.admitted, one.busiestSecond ?? 0) <= 1);
    return {
      figure: `ceiling of 10,000/s, 128 containers, load ${load}`,
      wanted: `<= ${two(mostWrites)} writes, never over, >= 97 % used`,
      found: `${found.writesPerDecision.toFixed(3)} writes, ${never ? 'never' : 'OVER'}, ${(used * 100).toFixed(1)} %`,
      reached: atMost(found.writesPerDecision, mostWrites) && never && used >= 0.97,
    };
  };
}

const cpu: Goal = ({ cpu: [figures] }) => {
  if (!figures) return undefined;
  const found = `${figures.p50Us.toFixed(1)} us`;
  return { figure: 'CPU of a decision, p50', wanted: '<= 50 us', found, reached: figures.p50Us <= 50 };
};

const bundle: Goal = ({ bundles: [figures] }) => {
  if (!figures) return undefined;
  const found = `${figures.kib.toFixed(0)} KiB`;
  return { figure: 'authorizer bundle', wanted: '<= 450 KiB', found, reached: figures.kib <= 450 };
};

const GOALS: readonly Goal[] = [
  writes('one-limit-P', 1),
  writes('one-limit-C', 1),
  writes('zipf-P', 1),
  writes('zipf-C', 1),
  writes('five-limits-P', 1),
  writes('five-limits-C', 1),
  writes('ten-times-P', 0.11),
  writes('ten-times-C', 0.13),
  writes('ten-times-32-P', 0.15),
  writes('ten-times-32-C', 0.15),
  neverOver('ten-times-P'),
  neverOver('ten-times-C'),
  neverOver('ten-times-32-P'),
  neverOver('ten-times-32-C'),
  neverOver('ten-times-R'),
  neverOver('ten-times-32-R'),
  writes('burst', 0.05),
  burstIsExact,
  writes('second-denies-P', 0.57),
  firstNotCharged,
  writes('small-limit-P', 1.25),
  neverOver('small-limit-P'),
  neverOver('windows'),
  ceiling(0.95, 0.04),
  ceiling(2, 0.02),
  roundTrips,
  cpu,
  bundle,
];

/** Every figure that was measured, against what it has to reach. */
export function judge(results: Results): Judged[] {
  return GOALS.flatMap((goal) => goal(results) ?? []);
}

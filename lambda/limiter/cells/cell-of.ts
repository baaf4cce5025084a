import { HeadgateError } from '../../errors/headgate-error.ts';
import type { Algorithm, Budget } from '../../policy/policy.ts';
import type { Cell } from './cell.ts';
import { FixedWindowCell } from './fixed-window.ts';
import { LeakyBucketCell } from './leaky-bucket.ts';
import { SlidingWindowCell } from './sliding-window.ts';
import { SlidingWindowCounterCell } from './sliding-window-counter.ts';
import { SlidingWindowLogCell } from './sliding-window-log.ts';
import { TokenBucketCell } from './token-bucket.ts';

/** One entry for each algorithm. A further one is a file beside these and a line here. */
const CELLS: Record<Algorithm, new (budget: Budget) => Cell> = {
  'sliding-window': SlidingWindowCell,
  'sliding-window-counter': SlidingWindowCounterCell,
  'sliding-window-log': SlidingWindowLogCell,
  'fixed-window': FixedWindowCell,
  'token-bucket': TokenBucketCell,
  'leaky-bucket': LeakyBucketCell,
};

const made = new WeakMap<Budget, Cell>();

/**
 * The cell of a budget, made once for each budget object.
 *
 * @throws BudgetError where the budget cannot be counted in whole numbers; the policy's parser refuses such a one first
 */
export function cellOf(budget: Budget): Cell {
  let cell = made.get(budget);
  if (!cell) {
    check(budget);
    cell = new CELLS[budget.algorithm](budget);
    made.set(budget, cell);
  }
  return cell;
}

/** HG308: a budget that cannot be counted exactly. */
export class BudgetError extends HeadgateError {
  constructor(budget: Budget, problem: string) {
    super('HG308', `the budget of cell ${budget.cellId} (${budget.algorithm}) cannot be counted: ${problem}`);
  }
}

/** 2^52: half of what a double holds exactly. The other half is for the time now in microseconds. */
const SAFE = 2 ** 52;

/** The most entries of a log: its item grows by one for each unit. */
const MOST_LOGGED = 100;

function check(budget: Budget): void {
  const { algorithm, limit, windowMs, epochMs, burst, queue, maxDelayMs, calendar, cellId } = budget;
  const whole = { limit, windowMs, epochMs, burst, queue, maxDelayMs };
  for (const [name, value] of Object.entries(whole)) {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 1)) {
      throw new BudgetError(budget, `${name} is ${value}, allowed are whole numbers from 1`);
    }
  }
  if (!/^[^.+*]{2,}$/.test(cellId)) {
    throw new BudgetError(budget, 'its id has to be two or more characters without . + and *');
  }
  if (algorithm.startsWith('sliding-window') && windowMs % epochMs !== 0) {
    throw new BudgetError(budget, `windowMs ${windowMs} is not a multiple of epochMs ${epochMs}`);
  }
  if (algorithm === 'sliding-window-log' && limit > MOST_LOGGED) {
    throw new BudgetError(budget, `a log holds at most ${MOST_LOGGED} units, its limit is ${limit}`);
  }
  if (calendar !== undefined && algorithm !== 'fixed-window') {
    throw new BudgetError(budget, 'only a fixed window is a period of the calendar');
  }
  if (algorithm === 'leaky-bucket' && (queue === undefined || maxDelayMs === undefined)) {
    throw new BudgetError(budget, 'it needs queue and maxDelayMs');
  }
  if (algorithm === 'token-bucket' && (burst ?? limit) * Math.ceil((windowMs * 1000) / limit) > SAFE) {
    throw new BudgetError(budget, `a burst of ${burst ?? limit} takes longer than 142 years to come back`);
  }
}

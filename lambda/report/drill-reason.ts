/** How the reason of an alarm begins that `headgate drill` has set off. */
export const DRILL_REASON = 'Drill by `headgate drill`';

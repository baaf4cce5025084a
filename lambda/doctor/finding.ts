/** What the doctor looks at, in the order of its report. */
export const AREAS = ['function', 'api', 'plans', 'tables', 'store', 'clock'] as const;
export type Area = (typeof AREAS)[number];

/** One line of the doctor's report. */
export interface Finding {
  readonly area: Area;
  /** What it is about: `REST API abc123`, a table's name. */
  readonly subject: string;
  readonly ok: boolean;
  /** One sentence without full stop. */
  readonly text: string;
  /** What to do, where something is not ok. */
  readonly todo?: string;
}

/** The doctor's report, as the function returns it and `--json` prints it. */
export interface Examination {
  readonly ok: boolean;
  readonly gate: string;
  readonly findings: readonly Finding[];
}

/** Findings about one subject. */
export function about(area: Area, subject: string) {
  return {
    fine: (text: string): Finding => ({ area, subject, ok: true, text }),
    wrong: (text: string, todo: string): Finding => ({ area, subject, ok: false, text, todo }),
  };
}

/**
 * Runs one part of the examination. What cannot be looked at is not fine: it is said with the error's name, whose message
 * may hold more than a report should.
 */
export async function examined(
  area: Area,
  subject: string,
  look: () => Promise<readonly Finding[]>,
): Promise<Finding[]> {
  try {
    return [...(await look())];
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown error';
    const todo = 'run it again; where it stays, look for the permission or the resource that is missing';
    return [about(area, subject).wrong(`could not be examined (${name})`, todo)];
  }
}

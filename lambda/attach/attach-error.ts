import { HeadgateError } from '../errors/headgate-error.ts';
import type { Asking, Obstacle } from './model.ts';

/** What can go wrong while an API is attached or detached, and the stable code of each. */
export const ATTACH_CODES = {
  obstacles: 'HG240',
  noApi: 'HG241',
  badTarget: 'HG242',
  refused: 'HG243',
  stillAsked: 'HG244',
  records: 'HG245',
} as const;

export class AttachError extends HeadgateError {
  constructor(kind: keyof typeof ATTACH_CODES, message: string, options?: ErrorOptions) {
    super(ATTACH_CODES[kind], message, options);
  }
}

/** HG240: attaching would do harm. All of it is listed, and nothing was changed. */
export class ObstaclesError extends AttachError {
  readonly obstacles: readonly Obstacle[];

  constructor(api: string, obstacles: readonly Obstacle[]) {
    super('obstacles', `${api} is not touched:\n${obstacles.map(obstacleText).join('\n')}`);
    this.obstacles = obstacles;
  }
}

/** HG244: everything was given back, but the authorizer has to stay as long as somebody asks it. */
export class StillAskedError extends AttachError {
  readonly asking: Asking;

  constructor(api: string, asking: Asking) {
    const routes = asking.routes.map((route) => `${route} (give it another authorization)`);
    const stages = asking.stages.map((stage) => `stage "${stage}", by the deployment that it serves (deploy it again)`);
    const who = [...routes, ...stages].map((one) => `- ${one}`).join('\n');
    super(
      'stillAsked',
      `${api} still asks the authorizer, and would answer 500 without it:\n${who}\nThen delete or deploy again.`,
    );
    this.asking = asking;
  }
}

/** One line: where, what, and the ways on. */
export function obstacleText({ what, where, waysOn }: Obstacle): string {
  return `- ${where}: ${what}. ${waysOn.length > 0 ? `Ways on: ${waysOn.join('; or ')}.` : ''}`.trimEnd();
}

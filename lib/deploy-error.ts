import { HeadgateError } from '../lambda/errors/headgate-error.ts';

/** What can be wrong at synthesis, and the stable code of each. */
export const DEPLOY_CODES = {
  handlerMissing: 'HG220',
  policyFile: 'HG221',
  apiNotOwned: 'HG222',
  apiTaken: 'HG223',
  sharedDeny: 'HG224',
  responseTaken: 'HG225',
  wrongAuthorizer: 'HG226',
  badProperty: 'HG227',
  softDenyAcrossStacks: 'HG228',
  tooMuchToExamine: 'HG229',
  badAttachment: 'HG251',
  attachedTwice: 'HG252',
} as const;

/** Something in the app that uses the constructs has to change; the message says what. */
export class DeployError extends HeadgateError {
  constructor(kind: keyof typeof DEPLOY_CODES, message: string, options?: ErrorOptions) {
    super(DEPLOY_CODES[kind], message, options);
  }
}

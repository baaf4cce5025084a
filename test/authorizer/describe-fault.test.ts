import { MissingEnvironmentError } from '../../lambda/authorizer/authorizer-error.ts';
import { describeFault } from '../../lambda/authorizer/describe-fault.ts';

const faultIn = (message: string) => {
  const error = new TypeError(message);
  return { error, said: JSON.stringify(describeFault(error)) };
};

test('of an error that is not ours the log says what kind and where, and nothing of its message', () => {
  for (const message of [
    'token eyJhbGciOi:1:2',
    'x\n    at eyJhbGciOi (secret:1:2)',
    'secret:1:2\nsecret:3:4',
    'secret:1:2)',
  ]) {
    const { said } = faultIn(message);
    expect(said).not.toMatch(/eyJ|secret/);
    expect(JSON.parse(said)).toEqual({
      problem: 'TypeError',
      place: expect.stringMatching(/^describe-fault\.test\.ts:\d+:\d+$/),
    });
  }
});

test('a long message is not searched', () => {
  const { error } = faultIn('a:'.repeat(500_000));
  expect(describeFault(error)).toEqual({ problem: 'TypeError', place: expect.stringContaining('describe-fault.test') });
});

test('an error without a stack, and what is no error', () => {
  const error = new Error('secret:1:2');
  delete error.stack;
  expect(describeFault(error)).toEqual({ problem: 'Error' });
  expect(describeFault('secret:1:2')).toEqual({ problem: 'unknown error' });
});

test('our own errors say themselves', () => {
  expect(describeFault(new MissingEnvironmentError('X'))).toMatchObject({ code: 'HG330' });
});

import { seldom } from '../../lambda/authorizer/seldom.ts';

test('a flood of errors is one line every ten seconds, with their number', () => {
  let now = 0;
  const said: unknown[] = [];
  const say = seldom(
    (error, { repeated }) => said.push([error, repeated]),
    10_000,
    () => now,
  );
  say('first');
  for (let i = 0; i < 500; i++) say('more');
  now = 9_999;
  say('more');
  now = 10_000;
  say('later');
  now = 20_000;
  say('last');
  expect(said).toEqual([
    ['first', undefined],
    ['later', 501],
    ['last', undefined],
  ]);
});

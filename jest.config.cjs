/**
 * One project for each kind of test, so that each can be run alone:
 * unit (seconds, no process started), engine (a real DynamoDB engine), templates (CDK), package (npm pack), e2e (local AWS).
 */
const transform = {
  '\\.[jt]s$': [
    '@swc/jest',
    { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' }, sourceMaps: 'inline' },
  ],
};
const project = (name, match, more = {}) => ({
  displayName: name,
  rootDir: __dirname,
  testEnvironment: 'node',
  testMatch: match.map((m) => `<rootDir>/test/${m}`),
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdk.out/', '<rootDir>/.local-aws/'],
  transform,
  // middy names no entry for `require`.
  moduleNameMapper: {
    '^@middy/(core|util)$': '<rootDir>/node_modules/@middy/$1/index.js',
    '^@middy/core/(executionMode\\w+)$': '<rootDir>/node_modules/@middy/core/$1.js',
  },
  // Packages published as ES modules only have to be transformed as well: Jest runs CommonJS.
  transformIgnorePatterns: ['/node_modules/(?!(@middy|lru-cache|cdk-nag|@aws-lambda-powertools)/)'],
  ...more,
});
module.exports = {
  // Long enough for a busy machine: no test is about how long it takes.
  testTimeout: 60_000,
  projects: [
    project('unit', [
      '{policy,identity,limiter,store,http,attach,doctor,authorizer,request,standalone,own-authorizer,signals,middleware,errors,report,bin,local,docs,properties,fuzz,bench}/**/*.test.ts',
    ]),
    project('engine', ['{engine,faults,model}/**/*.test.ts']),
    project('templates', ['lib/**/*.test.ts']),
    project('package', ['package/**/*.test.ts']),
    project('e2e', ['e2e/**/*.test.ts']),
    project('aws', ['aws/**/*.test.ts']),
  ],
};

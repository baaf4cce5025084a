/** Which folder may import which: docs in CONTRIBUTING.md. `npm run arrows` checks it, `npm test` too. */
const from = (name, comment, path, to) => ({ name, comment, severity: 'error', from: path, to });
module.exports = {
  forbidden: [
    from('no-circles', 'Two files that import each other have no order in which to be read.', {}, { circular: true }),
    from(
      'limiter-is-pure',
      'The limiter decides in Lambda, in tests and in a replay alike: policy types and the error base, nothing else.',
      { path: '^lambda/limiter/' },
      { pathNot: ['^lambda/limiter/', '^lambda/policy/policy\\.ts$', '^lambda/errors/'] },
    ),
    from(
      'errors-are-a-leaf',
      'Everybody imports the error base; it imports nobody.',
      { path: '^lambda/errors/' },
      { pathNot: '^lambda/errors/' },
    ),
    from(
      'policy-knows-nobody',
      'The policy is words and numbers.',
      { path: '^lambda/policy/' },
      { path: ['^lambda/(?!policy/|errors/)', '^(lib|bin|local|examples)/', '@aws-sdk'] },
    ),
    from(
      'lib-deploys-only',
      'Constructs describe what is deployed; how a request is decided is none of their business.',
      { path: '^lib/' },
      { path: ['^lambda/limiter/', '^lambda/store/(?!registry-keys\\.ts$)', '^(bin|local|examples)/'] },
    ),
    from(
      'request-decides-nothing',
      'From a request to what it takes: matching and grouping, for whoever asks the limiter then.',
      { path: '^lambda/request/' },
      { path: ['^lambda/(?!request/|policy/|identity/|limiter/verdict\\.ts$|errors/)', '@aws-sdk'] },
    ),
    from(
      'standalone-without-gateway',
      'The limiter by itself knows no event and no authorizer, and carries no parser.',
      { path: '^lambda/standalone/' },
      {
        path: [
          '^lambda/(authorizer/(?!environment|authorizer-error)|middleware/)',
          'node_modules/(yaml|zod)/',
          '^lambda/policy/parse',
        ],
        reachable: true,
      },
    ),
    from(
      'runtime-without-cdk',
      'aws-cdk-lib in a bundle would cost megabytes.',
      { path: '^lambda/' },
      { path: ['node_modules/(aws-cdk-lib|constructs)/', '^(lib|bin|local|scripts|examples)/'] },
    ),
    from(
      'handlers-stay-small',
      'The parser and the command line never travel in a function.',
      { path: '\\.lambda\\.ts$' },
      { path: ['node_modules/(yaml|zod|commander|cli-table3)/', '^lambda/policy/parse'], reachable: true },
    ),
    from(
      'examples-use-what-users-use',
      'An example imports the public faces.',
      { path: '^examples/' },
      {
        path: [
          '^lib/(?!index\\.ts$)',
          '^lambda/(?!((middleware|standalone|policy|own-authorizer)/index|middleware/rate-limit)\\.ts$)',
          '^(local|scripts)/',
        ],
      },
    ),
  ],
  options: { tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' }, exclude: { path: '^dist/' } },
};

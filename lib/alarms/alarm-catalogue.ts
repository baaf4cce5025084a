// Where the policy's reader, which imports nothing from here, finds it too.
export * from '../../lambda/policy/alarm-catalogue.ts';

const KEY = /^stage (\S+) access-log$/;

/** Of a stage, not of the API: another stage that is attached instead is another element. */
export const accessLogKey = (stage: string): string => `stage ${stage} access-log`;
export const stageOfAccessLogKey = (key: string): string | undefined => KEY.exec(key)?.[1];

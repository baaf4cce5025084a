/** What CloudWatch makes of lines in the embedded metric format: values by metric and dimensions. */
export class ReadMetrics {
  readonly values = new Map<string, number[]>();
  readonly minutes = new Map<string, number>();
  lines = 0;

  read(line: string): void {
    this.lines++;
    const { _aws, ...members } = JSON.parse(line);
    for (const { Namespace, Dimensions, Metrics } of _aws.CloudWatchMetrics) {
      expect(Namespace).toBe('Headgate');
      expect(Metrics.length).toBeLessThanOrEqual(100);
      for (const set of Dimensions as string[][]) {
        const dimensions = set.map((name) => {
          expect(members[name]).toEqual(expect.any(String));
          expect(members[name]).not.toBe('');
          return `${name}=${members[name]}`;
        });
        for (const { Name } of Metrics) {
          const given = [members[Name]].flat() as number[];
          expect(given.length).toBeLessThanOrEqual(100);
          const key = [Name, ...dimensions].join(' ');
          this.values.set(key, [...(this.values.get(key) ?? []), ...given]);
          const minute = `${key} @${Math.floor(_aws.Timestamp / 60_000)}`;
          this.minutes.set(
            minute,
            given.reduce((sum, value) => sum + value, this.minutes.get(minute) ?? 0),
          );
        }
      }
    }
  }

  /** @param name for example `Limited Gate=shop Limit=client` */
  sum(name: string): number {
    return (this.values.get(name) ?? []).reduce((sum, value) => sum + value, 0);
  }
}

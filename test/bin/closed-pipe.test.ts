import { PassThrough } from 'node:stream';
import { outliveReader } from '../../bin/cli/closed-pipe.ts';

const failing = (code: string) => {
  const stream = new PassThrough();
  outliveReader(stream as unknown as NodeJS.WriteStream);
  return () => stream.emit('error', Object.assign(new Error(code), { code }));
};

test('a reader that has gone ends nothing', () => {
  expect(failing('EPIPE')).not.toThrow();
});

test('any other error of a stream is one', () => {
  expect(failing('ENOSPC')).toThrow('ENOSPC');
});

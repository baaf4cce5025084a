/**
 * `headgate explain ... | head`: whoever reads has seen enough, which is no error. What a command is about to change is
 * done to its end all the same.
 */
export function outliveReader(...streams: readonly Pick<NodeJS.WriteStream, 'on'>[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/**
 * The most that CloudFormation takes of a custom resource's answer is 4,096 bytes; its ids and the framework's line about
 * the log need some of it.
 */
const MAX_BYTES = 3000;

/** An error whose text fits into CloudFormation's answer: whole lines, then how many were left out. */
export class AttachmentFailure extends Error {
  constructor(message: string) {
    super(shortened(message));
    this.name = 'AttachmentFailure';
    // The framework adds the stack's lines to the reason. They would say the message again, and leave no room for it.
    this.stack = this.name;
  }
}

function shortened(message: string): string {
  const lines = message.split('\n');
  for (let count = lines.length; count > 0; count--) {
    const text = lines.slice(0, count).join('\n') + restText(lines.length - count);
    if (bytesOf(text) <= MAX_BYTES) return text;
  }
  return `${message.slice(0, MAX_BYTES / 6)}…`;
}

const restText = (count: number): string =>
  count === 0 ? '' : `\n… and ${count} more; the log has all, and so has \`npx headgate attach --plan\`.`;

const bytesOf = (text: string): number => Buffer.byteLength(JSON.stringify(text), 'utf8');

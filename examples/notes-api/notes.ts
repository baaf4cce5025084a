export interface NotesRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
}

export interface NotesAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** In memory, for each container of its own: a demo backend. Never more than `MOST` notes. */
const notes = new Map<string, string>([
  ['1', 'Limits are promises that a service makes to itself.'],
  ['2', 'A note that is there from the start.'],
]);
const MOST = 1000;
let made = notes.size;

/** What the notes API does, without anything of AWS. */
export function answer({ method, path, body }: NotesRequest): NotesAnswer {
  const [first, second, ...rest] = path.split('/').filter(Boolean);
  const route = `${method} ${first ?? ''}`;
  if (route === 'GET health') return { status: 200, body: { status: 'ok' } };
  if (route === 'POST login') return { status: 200, body: { token: 'not-a-real-one' } };
  if (route === 'POST exports') return { status: 202, body: { export: 'started' } };
  if (first === 'files') return { status: 200, body: { file: [second, ...rest].join('/') } };
  if (route === 'GET notes' && second === undefined) return { status: 200, body: [...notes.keys()] };
  if (route === 'GET notes') return read(second!);
  if (route === 'POST notes') return write(body);
  return { status: 404, body: { message: 'There is no such route.' } };
}

function read(id: string): NotesAnswer {
  const text = notes.get(id);
  return text === undefined ? { status: 404, body: { message: 'No such note.' } } : { status: 200, body: { id, text } };
}

function write(body: string | undefined): NotesAnswer {
  const id = String(++made);
  if (notes.size >= MOST) notes.delete(notes.keys().next().value!);
  notes.set(id, (body ?? '').slice(0, 1000));
  return { status: 200, body: { id } };
}

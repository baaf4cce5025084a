/**
 * The ways in which servers may read one path as a caller sent it.
 *
 * One canonical form is not enough: what decodes twice, resolves `..`, cuts `;params` or takes `\` for `/` depends on
 * the backend, and a caller picks the spelling that the limiter and the backend read differently. So a path has a set of
 * forms, and a limit applies where any of them matches. A usual path has exactly one.
 */
export interface PathForms {
  /** Each form is a list of segments in folded case, without empty ones. */
  readonly forms: readonly (readonly string[])[];
  /** The path is not one that an honest client sends: it takes every limit of its method. */
  readonly malformed: boolean;
}

/** Longer paths count as malformed; API Gateway's own limit for the whole request line and headers is 10,240 bytes. */
const MAX_LENGTH = 8192;
/** Nested percent-encodings that are looked through; deeper ones count as malformed. */
const MAX_DECODES = 4;
/** Nothing in it that two servers could read differently, apart from case and doubled slashes. */
const PLAIN = /^(?:\/+[A-Za-z0-9_~-](?:[A-Za-z0-9_~.-]*[A-Za-z0-9_~-])?)*\/*$/;
const PERCENT = /%u([0-9a-f]{4})|((?:%[0-9a-f]{2})+)/gi;
const BAD_PERCENT = /%(?![0-9a-f]{2})/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\ufffd]/;
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const LONE_SURROGATE = /\p{Surrogate}/u;
/** More accents on one letter than any language has (UAX #15, Stream-Safe): to put them in order takes quadratic time. */
const HEAPED = /\p{M}{31}/u;

/** All forms of a path, as the caller sent it or decoded once by API Gateway. */
export function pathForms(path: string): PathForms {
  if (path.length > MAX_LENGTH || !path.startsWith('/')) return { forms: [], malformed: true };
  if (PLAIN.test(path)) return { forms: [path.toLowerCase().split('/').filter(Boolean)], malformed: false };
  const stages = decodings(path);
  if (stages === undefined) return { forms: [], malformed: true };
  const forms = new Map<string, readonly string[]>();
  for (const stage of stages) {
    for (const slashed of variants(stage, (text) => text.replaceAll('\\', '/'))) {
      const whole = slashed.split('/');
      for (const segments of [whole, cutPath(slashed).split('/').map(cutSegment)]) {
        for (const form of [segments.filter(Boolean), withoutDots(segments)]) forms.set(form.join('/'), form);
      }
    }
  }
  return { forms: [...forms.values()], malformed: false };
}

/**
 * One spelling for all paths that name the same thing: fully decoded, folded, dots resolved, without doubled or trailing
 * slashes. For display and for comparing routes of a policy; matching uses all forms.
 */
export function canonicalPath(path: string): string {
  const { forms } = pathForms(path);
  return `/${(forms.at(-1) ?? []).join('/')}`;
}

/** Lower case for every spelling that some server's case folding or Unicode normalisation makes equal. */
export function fold(text: string): string {
  // Upper case first: dotless i and long s become I and S. The combining dot is what lower-casing leaves of U+0130.
  return text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC').replaceAll('i\u0307', 'i');
}

/** The path decoded 0, 1, 2 ... times, folded; undefined where no honest client sends it. */
function decodings(path: string): readonly string[] | undefined {
  if (BAD_PERCENT.test(path)) return undefined;
  const stages: string[] = [];
  for (let text = path, depth = 0; ; depth++) {
    if (CONTROL.test(text) || LONE_SURROGATE.test(text) || HEAPED.test(text)) return undefined;
    const folded = fold(text);
    // Folding can make a percent sign (U+FF05) or a digit: the folded text is what is decoded further.
    stages.push(folded);
    const next = decodeOnce(folded);
    if (next === undefined) return undefined;
    if (next === folded) return stages;
    if (depth === MAX_DECODES) return undefined;
    text = next;
  }
}

/** Decodes what can be decoded and leaves other percent signs; undefined for bytes that are not UTF-8. */
function decodeOnce(text: string): string | undefined {
  try {
    return text.replace(PERCENT, (encoded, unit: string | undefined) =>
      unit === undefined ? decodeURIComponent(encoded) : String.fromCharCode(Number.parseInt(unit, 16)),
    );
  } catch {
    return undefined;
  }
}

function variants(text: string, change: (text: string) => string): readonly string[] {
  const changed = change(text);
  return changed === text ? [text] : [text, changed];
}

/** What follows an encoded `?` or `#`: some servers decode before they cut the query off. */
const cutPath = (path: string): string => path.replace(/[?#].*$/s, '');

/** Without path parameters, invisible characters, surrounding space, and the trailing dots that Windows drops. */
function cutSegment(segment: string): string {
  const cut = segment.replace(/;.*$/s, '').replace(IGNORABLE, '').trim();
  if (cut === '.' || cut === '..') return cut;
  // A loop, because `/[. ]+$/` takes quadratic time on text that somebody chose for it.
  let end = cut.length;
  while (end > 0 && (cut[end - 1] === '.' || cut[end - 1] === ' ')) end--;
  return cut.slice(0, end);
}

function withoutDots(segments: readonly string[]): readonly string[] {
  const result: string[] = [];
  for (const segment of segments) {
    if (segment === '..') result.pop();
    else if (segment !== '' && segment !== '.') result.push(segment);
  }
  return result;
}

import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');
const pages = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: root }).sort();
const read = (page: string) => readFileSync(path.join(root, page), 'utf8');
const withoutCode = (text: string) => text.replace(/^( *)```[^\n]*\n.*?^ *```$/gms, '');

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = [...withoutCode(read(page)).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => heading!);
  const slugs = headings.map((heading) => {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const letters = text.toLowerCase().replace(/[^\w\- ]/g, '');
    return letters.trim().replaceAll(' ', '-');
  });
  return new Set(slugs);
}

function brokenLinks(page: string): string[] {
  const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file, anchor] = link.split('#');
    const target = file ? path.join(path.dirname(page), file) : page;
    if (!existsSync(path.join(root, target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor);
  });
}

test('every link of a page leads to a file and a heading', () => {
  expect(pages.length).toBeGreaterThan(20);
  expect(pages.flatMap((page) => brokenLinks(page).map((link) => `${page}: ${link}`))).toEqual([]);
});

test('every page is on the map', () => {
  const map = read('docs/README.md');
  const missing = globSync(['*.md', '{guide,reference}/*.md'], { cwd: path.join(root, 'docs') }).filter((page) => {
    return page !== 'README.md' && !map.includes(`(${page}`);
  });
  expect(missing).toEqual([]);
});

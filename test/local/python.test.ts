import { findPython } from '../../local/ministack/python.ts';

const machine = (versions: Readonly<Record<string, string>>) => async (command: string) => versions[command];

describe('finding a Python', () => {
  test('takes python3 where it is new enough', async () => {
    const python = await findPython(machine({ python3: '3.10', python: '3.13' }));
    expect(python).toEqual({ command: 'python3', version: '3.10' });
  });

  test('passes over one that is too old, and compares minor versions as numbers', async () => {
    const python = await findPython(machine({ python3: '3.9', python: '2.7', 'python3.12': '3.12' }));
    expect(python.command).toBe('python3.12');
  });

  test('names those that are too old', async () => {
    await expect(findPython(machine({ python3: '3.9', python: '2.7' }))).rejects.toThrow(
      'HG290: The local AWS needs Python 3.10 or newer, but python3 is 3.9, python is 2.7.',
    );
  });

  test('says how to install one where there is none', async () => {
    await expect(findPython(machine({}))).rejects.toThrow(/HG290: .*no python3 or python on PATH.*apt install/);
  });
});

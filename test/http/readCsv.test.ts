import { describe, expect, test } from '@jest/globals';
import { Problem } from '../../src/problem.js';
import { readCsv } from '../../src/http/readCsv.js';
import { writeCsv } from '../../src/http/csv.js';
import { modelPerformance } from '../../src/resource/modelPerformance.js';

/** What spreadsheets of this world save (F83), and what is read of it. */

const read = (file: string | Uint8Array) => readCsv(file, modelPerformance);
const bytes = (text: string, encoding: BufferEncoding = 'utf8') => new Uint8Array(Buffer.from(text, encoding));
const values = (file: string | Uint8Array) => {
  const { rows, mistakes } = read(file);
  expect(mistakes).toEqual([]);
  return rows.map((row) => row.values);
};
const refused = (file: string | Uint8Array) => {
  try {
    read(file);
  } catch (error) {
    return error instanceof Problem ? [error.code, ...(error.more.errors ?? []).map(({ message }) => message)] : error;
  }
  return 'taken';
};

describe('F83 a table of a spreadsheet is read', () => {
  test.each<[string, string | Uint8Array, unknown[]]>([
    ['commas', 'id,windowsScore\r\na,87.5\r\n', [{ id: 'a', windowsScore: 87.5 }]],
    [
      'German Excel',
      bytes('\uFEFFid;windowsScore;model\r\na;87,5;Gerät\r\n'),
      [{ id: 'a', windowsScore: 87.5, model: 'Gerät' }],
    ],
    ['tabs with decimal comma', 'id\twindowsScore\na\t-0,5', [{ id: 'a', windowsScore: -0.5 }]],
    ['a decimal point with semicolons', 'id;windowsScore\na;87.5', [{ id: 'a', windowsScore: 87.5 }]],
    ['a mark in a text', '\uFEFFid,windowsScore\na,1', [{ id: 'a', windowsScore: 1 }]],
    [
      'blank lines',
      'id,windowsScore\n\na,1\n,\n\nb,2\n\n',
      [
        { id: 'a', windowsScore: 1 },
        { id: 'b', windowsScore: 2 },
      ],
    ],
    ['empty columns at the end', 'id,windowsScore,,\na,1,,\n', [{ id: 'a', windowsScore: 1 }]],
    [
      'what Excel’s connector adds',
      '@odata.etag,ItemInternalId,id,windowsScore\nx,y,a,1',
      [{ id: 'a', windowsScore: 1 }],
    ],
    ['quotes, separators and line breaks in them', 'id,model\na,"x ""y"", z"\n', [{ id: 'a', model: 'x "y", z' }]],
    ['an empty cell, quoted or not', 'id,model,manufacturer\na,,""', [{ id: 'a' }]],
    ['null, quoted or not', 'id,model,manufacturer\na,null,"null"', [{ id: 'a', model: null, manufacturer: null }]],
    [
      'a text behind the guard of CSV out',
      "id,model\na,'=1+1\nb,''=x\nc,'quoted'",
      [
        { id: 'a', model: '=1+1' },
        { id: 'b', model: "'=x" },
        { id: 'c', model: "'quoted'" },
      ],
    ],
    ['a text that is a number', 'id,model\n7,7450', [{ id: '7', model: '7450' }]],
    ['one column', 'id\na', [{ id: 'a' }]],
  ])('%s', (_, file, expected) => {
    expect(values(file)).toEqual(expected);
  });

  test('lines may end in several ways', () => {
    const { rows } = read('id,windowsScore\r\na,1\nb,2\r\nc,3\rd,4');
    expect(rows.map(({ line, values }) => ({ line, values }))).toEqual([
      { line: 2, values: { id: 'a', windowsScore: 1 } },
      { line: 3, values: { id: 'b', windowsScore: 2 } },
      { line: 4, values: { id: 'c', windowsScore: 3 } },
      { line: 5, values: { id: 'd', windowsScore: 4 } },
    ]);
  });

  test('each row has its number, and the line where it begins', () => {
    const { rows } = read('id,model\n\na,"two\nlines"\nb,c\n');
    expect(rows.map(({ row, line }) => ({ row, line }))).toEqual([
      { row: 1, line: 3 },
      { row: 2, line: 5 },
    ]);
  });

  test.each([undefined, 'comma', 'semicolon'] as const)('what CSV out writes comes back (%s)', (excel) => {
    const rows = [
      { id: 'a', model: '=SUM(A1)', windowsScore: 87.5 },
      { id: 'b', model: "'+1", modelDeviceCount: 3, healthStatus: 'meetingGoals' },
    ];
    const columns = ['id', ...Object.keys(modelPerformance.fields)];
    expect(values(bytes(writeCsv(columns, rows, excel)))).toEqual(rows);
  });
});

describe('F83 a file is refused as a whole', () => {
  const columns = `Columns are id, ${Object.keys(modelPerformance.fields).join(', ')}.`;
  test.each<[string, string | Uint8Array, string]>([
    ['UTF-16', bytes('\uFEFFid,model\na,b', 'utf16le'), 'The file is UTF-16. Save it as "CSV UTF-8".'],
    [
      'Windows-1252',
      bytes('id,model\na,Ger\u00e4t', 'latin1'),
      'The file is not UTF-8, perhaps Windows-1252. Save it as "CSV UTF-8".',
    ],
    ['nothing', '', 'There is no header line.'],
    ['blank lines alone', '\n\n', 'There is no header line.'],
    [
      'open quotes',
      'id,model\na,"b\n',
      'The quotes do not fit near line 2: a quote inside of quotes is written twice.',
    ],
    ['no id', 'model\na', `In the header line id is missing. ${columns}`],
    ['an unknown column', 'id,colour\na,b', `In the header line a column (number 2) is unknown. ${columns}`],
    ['a doubled column', 'id,model,model\na,b,c', `In the header line model stands twice. ${columns}`],
    ['a column without a name', 'id,,model\na,b,c', `In the header line column 2 has no name. ${columns}`],
  ])('%s', (_, file, message) => {
    expect(refused(file)).toEqual(['invalid-csv', message]);
  });
});

describe('F83 a cell is refused by row, column and line, without its content', () => {
  const number = 'Windows score must be a number';
  test.each([
    [
      'a decimal comma where commas separate',
      'id,windowsScore\na,"87,5"',
      `${number}, such as 87.5, or 87,5 where ; or tabs separate cells (line 2).`,
    ],
    ['thousands', 'id;windowsScore\na;1.234,5', `${number}, without separators of thousands (line 2).`],
    ['thousands with commas', 'id,windowsScore\na,"1,234.5"', `${number}, without separators of thousands (line 2).`],
    [
      'a formula',
      'id,windowsScore\na,=1+1',
      `${number}, such as 87.5, or 87,5 where ; or tabs separate cells (line 2).`,
    ],
    ['NaN', 'id,windowsScore\na,NaN', `${number}, such as 87.5, or 87,5 where ; or tabs separate cells (line 2).`],
  ])('%s', (_, file, message) => {
    expect(read(file).mistakes).toEqual([{ pointer: '/rows/1/windowsScore', code: 'wrong-type', message }]);
  });

  test('more cells than names', () => {
    expect(read('id,model\na,b\nc,d,e').mistakes).toEqual([
      {
        pointer: '/rows/2',
        code: 'too-many-cells',
        message: 'The row has more cells than the header line has names (line 3).',
      },
    ]);
  });
});

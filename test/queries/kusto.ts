import '@kusto/language-service-next/bridge.min.js';
import '@kusto/language-service-next/Kusto.Language.Bridge.min.js';

/** The tables that queries may name, with the columns that they may use. Source: the tables of Application Insights and of storage logs in the Azure Monitor reference. */
const tables = {
  customEvents:
    'timestamp: datetime, name: string, itemCount: int, customDimensions: dynamic, customMeasurements: dynamic, operation_Id: string',
  customMetrics:
    'timestamp: datetime, name: string, value: real, valueCount: int, valueSum: real, valueMin: real, valueMax: real, customDimensions: dynamic',
  dependencies:
    'timestamp: datetime, name: string, target: string, resultCode: string, success: string, duration: real, itemCount: int, customDimensions: dynamic, customMeasurements: dynamic, operation_Id: string',
  requests:
    'timestamp: datetime, name: string, url: string, resultCode: string, success: string, duration: real, itemCount: int, customDimensions: dynamic, operation_Id: string',
  exceptions: 'timestamp: datetime, type: string, itemCount: int, customDimensions: dynamic, operation_Id: string',
  StorageQueueLogs: 'TimeGenerated: datetime, OperationName: string, StatusText: string, Uri: string',
  AppMetrics: 'TimeGenerated: datetime, Name: string, Sum: real, ItemCount: int, Properties: dynamic',
  availabilityResults: 'timestamp: datetime, name: string, success: string, duration: real, message: string',
} as const;

export type Table = keyof typeof tables;

/** The little of the compiler that is used; its own types are those of a .NET library, where everything may be null. */
interface Language {
  readonly Symbols: {
    readonly TableSymbol: { readonly From: (columns: string) => { readonly WithName: (name: string) => object } };
    readonly DatabaseSymbol: {
      readonly $ctor1: new (name: string, tables: readonly object[], isOpen: boolean) => object;
    };
  };
  readonly GlobalState: { readonly Default: { readonly WithDatabase: (database: object) => object } };
  readonly KustoCode: {
    readonly ParseAndAnalyze: (query: string, world: object) => { readonly GetDiagnostics: () => Diagnostics };
  };
}
interface Diagnostics {
  readonly Count: number;
  readonly getItem: (index: number) => { readonly Start: number; readonly Message: string };
}

const { Symbols, GlobalState, KustoCode } = (globalThis as unknown as { Kusto: { Language: Language } }).Kusto.Language;

const database = new Symbols.DatabaseSymbol.$ctor1(
  'Application Insights',
  Object.entries(tables).map(([name, columns]) => Symbols.TableSymbol.From(`(${columns})`).WithName(name)),
  false,
);
const world = GlobalState.Default.WithDatabase(database);

/** What Microsoft's own compiler of this language says of a query: syntax, unknown columns, wrong types. */
export function complaints(query: string): string[] {
  const found = KustoCode.ParseAndAnalyze(query, world).GetDiagnostics();
  return Array.from({ length: found.Count }, (_, index) => {
    const { Start, Message } = found.getItem(index);
    return `${query.slice(0, Start).split('\n').length}: ${Message}`;
  });
}

/** What a query reads: its table, and the names that the table's open columns must hold. */
export interface Reads {
  readonly table: string;
  /** Names of events, metrics or dependencies. */
  readonly names: readonly string[];
  readonly dimensions: readonly string[];
  readonly measurements: readonly string[];
  /** Members of a change in an audit event. */
  readonly changes: readonly string[];
  readonly problems: readonly string[];
}

export function reads(query: string): Reads {
  const code = query.replaceAll(/^\/\/.*$/gm, '');
  const all = (pattern: RegExp) => [
    ...new Set([...code.matchAll(pattern)].flatMap(([, first, second]) => first ?? second ?? [])),
  ];
  const listed = (column: string) =>
    [...code.matchAll(new RegExp(`\\b${column} (?:==|=~|in~?) *(\\([^)]*\\)|'[^']*')`, 'g'))].flatMap(([, list = '']) =>
      [...list.matchAll(/'([^']*)'/g)].map(([, one = '']) => one),
    );
  return {
    table: /^(\w+)\s*$/m.exec(code)?.[1] ?? '',
    names: [...new Set([...listed('name'), ...listed('Name')])],
    dimensions: all(/\bcustomDimensions(?:\.(\w+)|\['(\w+)'\])/g),
    measurements: all(/\bcustomMeasurements(?:\.(\w+)|\['(\w+)'\])/g),
    changes: all(/\bchange(?:\.(\w+)|\['(\w+)'\])/g),
    problems: [...new Set(listed('problem'))],
  };
}

/** Where `npm start` serves, on the loopback address. The settings of the sample name these ports too. */
export const ports = {
  host: 7071,
  graph: 7072,
  identity: 7073,
  ingestion: 7074,
  blob: 7075,
  queue: 7076,
  console: 7077,
} as const;

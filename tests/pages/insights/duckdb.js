// Prints the rows of the Parquet file at an address, as DuckDB reads them: `duckdb.js ADDRESS FILE COLUMNS`. The file is kept
// at `FILE`.

import { DuckDBInstance } from '@duckdb/node-api';
import { writeFile } from 'node:fs/promises';

const [address, file, columns] = process.argv.slice(2);
const answer = await fetch(address);
await writeFile(file, Buffer.from(await answer.arrayBuffer()));
const instance = await DuckDBInstance.create();
const connection = await instance.connect();
const reader = await connection.runAndReadAll(`SELECT ${columns} FROM '${file}'`);
console.log(JSON.stringify(reader.getRowsJson()));

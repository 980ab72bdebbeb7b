// Measures graphile-worker, the fastest job queue on PostgreSQL we know, in its batched mode: jobs are claimed 500 at a time into a local
// queue and completed in batches. Its own schema is dropped and installed anew, so give it a database of its own.
//
//   node graphile_worker.mjs postgresql://… --jobs 100000 [--future 1000000] [--concurrency 24] [--complete-delay-ms 0]
//
// Prints one JSON line: jobs_per_s counts from the start of the worker until the last completion is written.

import { parseArgs } from "node:util";
import { Logger, makeWorkerUtils, run } from "graphile-worker";

const QUEUE_SIZE = 500;
const INSERT_BATCH = 10_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: "string", default: "100000" },
    future: { type: "string", default: "0" },
    concurrency: { type: "string", default: "24" },
    "complete-delay-ms": { type: "string", default: "0" },
  },
});
const [connectionString] = positionals;
if (!connectionString) {
  console.error("usage: node graphile_worker.mjs postgresql://… [--jobs N] [--future N] [--concurrency N] [--complete-delay-ms N]");
  process.exit(2);
}
const jobs = Number(values.jobs);
const future = Number(values.future);
const logger = new Logger(() => () => {}); // it would print a line per job

async function addJobs(utils, count, runAt) {
  for (let start = 1; start <= count; start += INSERT_BATCH) {
    const end = Math.min(count, start + INSERT_BATCH - 1);
    await utils.withPgClient((client) =>
      client.query(
        `select graphile_worker.add_jobs(array(
           select row('noop', json_build_object('id', n), null, now() + $3::interval, null, null, null, null)::graphile_worker.job_spec
           from generate_series($1::int, $2::int) as n))`,
        [start, end, runAt],
      ),
    );
  }
}

async function dueJobs(utils) {
  const { rows } = await utils.withPgClient((client) =>
    client.query("select count(*)::int as due from graphile_worker.jobs where run_at <= now()"),
  );
  return rows[0].due;
}

const utils = await makeWorkerUtils({ connectionString, logger });
await utils.withPgClient((client) => client.query("drop schema if exists graphile_worker cascade"));
await utils.migrate();
await addJobs(utils, future, "30 days");
await addJobs(utils, jobs, "0");
await utils.withPgClient((client) => client.query("vacuum analyze"));

let done = 0;
let finish;
const finished = new Promise((resolve) => {
  finish = resolve;
});
const cpuBefore = process.cpuUsage();
const started = process.hrtime.bigint();
const runner = await run({
  logger,
  noHandleSignals: true,
  taskList: {
    noop: async () => {
      done += 1;
      if (done === jobs) finish();
    },
  },
  preset: {
    worker: {
      connectionString,
      maxPoolSize: 10,
      pollInterval: 2000,
      concurrentJobs: Number(values.concurrency),
      localQueue: { size: QUEUE_SIZE },
      completeJobBatchDelay: Number(values["complete-delay-ms"]),
      failJobBatchDelay: 0,
    },
  },
});
await finished;
await runner.stop();
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
const cpu = process.cpuUsage(cpuBefore);
const left = await dueJobs(utils);
await utils.release();
if (left !== 0) {
  console.error(`${left} jobs were left behind`);
  process.exit(1);
}
console.log(
  JSON.stringify({
    peer: "graphile-worker",
    mode: "localQueue 500, batched completion",
    jobs,
    future,
    seconds: Number(seconds.toFixed(3)),
    jobs_per_s: Math.round(jobs / seconds),
    client_cpu_us_per_job: Number(((cpu.user + cpu.system) / jobs).toFixed(1)),
  }),
);

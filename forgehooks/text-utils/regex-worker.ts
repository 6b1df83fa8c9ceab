import { parentPort, workerData } from 'node:worker_threads'
import { run, type Job } from './regex-run.ts'

// A thread of its own, because nothing inside a thread can stop a pattern that has begun.
parentPort?.postMessage(run(workerData as Job))

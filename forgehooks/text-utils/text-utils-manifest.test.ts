import { testExamples } from '../lib/hook-test.ts'
import handlers from './index.ts'

testExamples(new URL('./', import.meta.url), handlers)

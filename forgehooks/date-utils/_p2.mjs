import h from './index.ts'
const ctx={now:Date.UTC(2024,2,6,10),settings:{},log(){}}
const kinds={a:i=>`${i%12+1}/${i%28+1}/2024`,b:i=>'some text here '+i,c:i=>'2024-03-05T10:15:00Z',d:i=>'March 5, 2024 at 3pm America/New_York',e:i=>'2024-03-05T10:15:00Z',f:i=>'Customer number five of the north west region which has a long text 1709'}
for (const [k,f] of Object.entries(kinds)) { const rows=Array.from({length:5000},(_,i)=>({x:f(i)})); const s=performance.now(); h['/parse_dates']({rows},ctx); console.log(k,((performance.now()-s)/5000*50000/1000).toFixed(2),'s per 50k') }

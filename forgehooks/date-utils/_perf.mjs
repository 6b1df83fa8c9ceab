import h from './index.ts'
const ctx={now:Date.UTC(2024,2,6,10),settings:{},log(){}}
const evil=[ '1 '.repeat(100),'a '.repeat(100),'10:30 '.repeat(33),'in '.repeat(66),'first of '.repeat(22),'1 day after '.repeat(16)+'today','day '.repeat(50),'5 '+' '.repeat(150)+'x','1.'.repeat(100),'March '.repeat(33),'12:'.repeat(66),'end of '.repeat(28)+'month','the '.repeat(50),'last monday of '.repeat(13),'5'+'-'.repeat(190)+'Mar', 'a'.repeat(200), '1, '.repeat(66), 'a week from '.repeat(16)+'friday', '3pm '.repeat(49), 'monday '.repeat(28)]
for (const t of evil){ const s=performance.now(); let r; try{ r=h['/parse']({text:t.slice(0,200)},ctx).iso }catch(e){ r=e.name+' '+e.message.slice(0,60)} const d=performance.now()-s; console.log(d.toFixed(1).padStart(8), t.slice(0,20), r) }
let s=performance.now()
const rows=Array.from({length:50000},(_,i)=>({a:`${i%12+1}/${i%28+1}/2024`,b:'some text here '+i,c:'2024-03-05T10:15:00Z',d:'March 5, 2024 at 3pm America/New_York'}))
h['/parse_dates']({rows},ctx); console.log('50k rows', performance.now()-s)
s=performance.now(); h['/business_days']({from:'2024-01-01',add:100000},ctx); console.log('bd',performance.now()-s)
s=performance.now(); h['/range']({from:'2024-01-01 02:30',to:'2051-01-01',time_zone:'America/New_York'},ctx); console.log('range',performance.now()-s)
s=performance.now(); h['/diff']({from:'0001-01-01',to:'9999-12-31T00:00:00',time_zone:'America/New_York'},ctx); console.log('diff',performance.now()-s)

// Runs the door's twin on the cases of the domain and hands back how many there were and which it answers otherwise.
const [sources, admissions, codes, done] = arguments;
const load = (source) => import(`data:text/javascript;charset=utf-8,${encodeURIComponent(source)}`);

function differs(asked, expected, answer) {
  // By fields, whatever their order.
  const text = (value) => JSON.stringify(value, Object.keys({ ...expected, ...expected?.first_scan }).sort());
  return text(answer) === text(expected) && Object.keys(answer).length === Object.keys(expected).length
    ? [] : [`${JSON.stringify(asked)}: ${JSON.stringify(answer)}`];
}

function judged({ verdict }) {
  const of = (row) => Object.fromEntries(admissions.columns.map((name, at) => [name, row[at]]));
  return admissions.cases.flatMap((row) => {
    const asked = of(row);
    const { status, banned, attention, entries_allowed, rotating, direction, full } = asked;
    const admission = asked.ticket && {
      ...admissions.admission, ticket: admissions.tickets[asked.ticket], zone: admissions.zones[asked.zone],
      status, banned, attention, entries_allowed, rotating, stay: admissions.stays[asked.stay],
      admit_from: asked.admit_from && admissions.instants[asked.admit_from],
      admit_until: asked.admit_until && admissions.instants[asked.admit_until],
    };
    const answer = verdict({
      code: admissions.codes[asked.code], admission, gate: admissions.gate, window: admissions.window,
      now: admissions.instants[asked.now], direction, full,
    });
    const expected = {
      decision: asked.decision, reason: asked.reason, attention: asked.told,
      first_scan: asked.first_scan && admissions.scans[asked.first_scan],
    };
    return differs(row, expected, answer);
  });
}

async function read({ canVerify, importKeys, readCode }) {
  if (!(await canVerify())) return ["this browser can't check signatures"];
  const wrong = [];
  for (const { name, ring, text, says } of codes.cases) {
    const { keys, mode } = codes.rings[ring];
    wrong.push(...differs(name, says, await readCode(text, await importKeys(keys), mode)));
  }
  return wrong;
}

async function run() {
  const [verdict, code] = await Promise.all([load(sources.verdict), load(sources.code)]);
  return {
    admissions: { ran: admissions.cases.length, wrong: judged(verdict) },
    codes: { ran: codes.cases.length, wrong: await read(code) },
  };
}
run().then(done, (fault) => done({ fault: String(fault) }));

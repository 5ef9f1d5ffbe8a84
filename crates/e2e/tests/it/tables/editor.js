// Runs the pure parts of the floor plan editor in the browser and hands back how many cases there were and which came out otherwise.
const [sources, done] = arguments;
const load = (source) => import(`data:text/javascript;charset=utf-8,${encodeURIComponent(source)}`);
const cases = [];
const is = (name, found, wanted) => cases.push([name, JSON.stringify(found), JSON.stringify(wanted)]);
const at = (x, y, width = 80, height = 80, turn = 0) => ({ x, y, width, height, turn });
const hall = { width: 1000, height: 600 };

function places({ bounds, degrees, freeSpot, inside, nextLabel, resized, roomAt, snapped, turnTo }) {
  is("turns are 0 to 359", [degrees(-15), degrees(360), degrees(725), degrees(359.6)], [345, 0, 5, 0]);
  is("nothing leaves the plan", inside(at(-20, 590.4), hall), at(0, 520));
  is("nothing is larger than the plan", inside(at(10, 10, 3000, 2), hall), at(0, 10, 1000, 5));
  const { left, right, top, bottom } = bounds(at(100, 100, 200, 100, 90));
  is("a turned box fills what is seen", [left, right, top, bottom].map(Math.round), [150, 250, 50, 250]);

  is("alone it goes to the grid", snapped(at(103, 97), []), { place: at(100, 100), guides: [] });
  is("an edge is drawn to a neighbour's", snapped(at(203, 144), [at(100, 303)], { reach: 6 }).place, at(200, 140));
  is("and says which", snapped(at(184, 303), [at(100, 300)], { reach: 6 }).guides, [{ x: 180 }, { y: 300 }]);
  is("middles meet as edges do", snapped(at(98, 300, 100, 80), [at(107, 100, 80, 40)], { reach: 8 }).place.x, 97);
  is("far away nothing pulls", snapped(at(203, 203), [at(300, 400)], { reach: 6 }).guides, []);

  is("a corner is pulled", resized(at(100, 100), "se", 33, 18), at(100, 100, 113, 98));
  is("the other stays", resized(at(100, 100), "nw", 20, -20), at(120, 80, 60, 100));
  is("to the grid", resized(at(100, 100), "e", 33, 50, { grid: 10 }), at(100, 100, 110, 80));
  is("a round table stays round", resized(at(100, 100), "se", 40, 5, { square: true }), at(100, 100, 120, 120));
  is("nothing gets too small to hold", resized(at(100, 100), "e", -500, 0).width, 20);
  const pulled = resized(at(100, 100, 200, 100, 90), "e", 0, 40);
  is("turned, its own side is pulled", [pulled.width, Math.round(bounds(pulled).top), Math.round(bounds(pulled).bottom)], [240, 50, 290]);

  is("held above it is upright", turnTo(at(100, 100), 140, 0), 0);
  is("held at its right it lies", turnTo(at(100, 100), 400, 140), 90);
  is("turning snaps", turnTo(at(100, 100), 150, 20, 15), 0);

  is("a free spot is taken", freeSpot(at(300, 300), [at(100, 100)], hall), at(300, 300));
  is("else the next to the right", freeSpot(at(100, 100), [at(100, 100)], hall), at(180, 100));
  is("a full plan takes it all the same", freeSpot(at(0, 0), [at(0, 0, 1000, 600)], hall), at(0, 0));
  const rooms = [{ id: "hall", place: at(0, 0, 900, 500) }, { id: "lounge", place: at(0, 0, 300, 300) }];
  is("a table is in the smallest room around it", [at(100, 100), at(500, 100), at(920, 520)].map((place) => roomAt(place, rooms)), ["lounge", "hall", null]);

  is("names count on", nextLabel("12", ["1", "12", "13"]), "14");
  is("letters too", nextLabel("Booth A", ["booth a"]), "Booth B");
  is("zeros stay", nextLabel("T09", ["t09"]), "T10");
  is("a word gets a number", nextLabel("Bar", ["Bar"]), "Bar 2");
  is("a free name is taken", nextLabel("7", []), "7");
}

function steps({ makeHistory }) {
  const history = makeHistory("a", 3);
  is("nothing to undo at first", [history.canUndo, history.canRedo, history.undo()], [false, false, false]);
  history.commit("b", "move:1", 1000);
  history.commit("c", "move:1", 1500);
  history.commit("d", "move:2", 1600);
  history.undo();
  is("another thing is another step", history.now, "c");
  history.undo();
  is("what follows at once is one step", history.now, "a");
  history.redo();
  is("and is done again as one", history.now, "c");
  history.commit("e", "move:1", 1700);
  is("after a redo a step is new, and nothing is ahead", [history.now, history.canRedo], ["e", false]);
  history.undo();
  is("so the step before stands", history.now, "c");
  for (const next of ["1", "2", "3", "4"]) history.commit(next);
  while (history.undo());
  is("only so many are kept", history.now, "1");
  history.commit("1");
  is("no change is no step", history.canUndo, false);
}

async function run() {
  const [geometry, history] = await Promise.all([load(sources.geometry), load(sources.history)]);
  places(geometry);
  steps(history);
  return { ran: cases.length, wrong: cases.filter(([, found, wanted]) => found !== wanted).map((each) => each.join(" | ")) };
}
run().then(done, (fault) => done({ fault: String(fault) }));

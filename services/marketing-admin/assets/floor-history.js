// What was done on a floor plan, to be undone and done again: pure, without a page. A state is never changed, only replaced.

/** Changes of one thing that follow each other so closely are one step: a row of arrow keys, a word as it is typed. */
const TOGETHER = 1200;

/** A history that begins with a state and keeps so many steps back. */
export function makeHistory(first, most = 200) {
  let past = [];
  let future = [];
  let [now, last] = [first, null];

  return {
    get now() { return now; },
    get canUndo() { return past.length > 0; },
    get canRedo() { return future.length > 0; },

    /** The next state. `key` says what was changed how, `at` when (ms): the same again at once belongs to the same step. */
    commit(next, key = null, at = 0) {
      if (next === now) return;
      const together = key !== null && last?.key === key && at - last.at <= TOGETHER;
      if (!together) past = [...past, now].slice(-most);
      [now, future, last] = [next, [], key === null ? null : { key, at }];
    },

    undo() {
      if (past.length === 0) return false;
      future = [now, ...future];
      [now, past, last] = [past.at(-1), past.slice(0, -1), null];
      return true;
    },

    redo() {
      if (future.length === 0) return false;
      past = [...past, now];
      [now, future, last] = [future[0], future.slice(1), null];
      return true;
    },
  };
}

// Put into each page before its own scripts: a camera whose picture we draw, workers as slow as the page, and stamps of when something stood
// on the screen. `device.rs` calls what is in `bench`.
(() => {
  const SLOWER = 4; // as `device.rs` has Chromium slow the page down
  const PATIENCE = 25_000;
  const $ = (id) => document.getElementById(id);
  const after = (ms) => new Promise((go) => setTimeout(go, ms));
  const painted = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go)));

  async function until(what, holds) {
    const over = performance.now() + PATIENCE;
    while (!holds()) {
      if (performance.now() > over) throw new Error(`waited in vain: ${what}`);
      await after(20);
    }
  }

  /** Resolves once the attributes of an element are as wanted. */
  function turns(element, what, holds) {
    return new Promise((resolve, reject) => {
      const watch = new MutationObserver(() => {
        if (!holds()) return;
        watch.disconnect();
        clearTimeout(over);
        resolve();
      });
      const over = setTimeout(() => { watch.disconnect(); reject(new Error(`waited in vain: ${what}; ${$("status-text").textContent}`)); }, 4 * PATIENCE);
      watch.observe(element, { attributes: true });
    });
  }

  // --- the camera
  const [picture, card] = [0, 1].map(() => Object.assign(document.createElement("canvas"), { width: 1280, height: 720 }));
  const onPicture = picture.getContext("2d");
  const onCard = card.getContext("2d");

  const film = () => onPicture.drawImage(card, 0, 0);

  /** Holds a code before the camera, `{width, dark: "0110…"}`, or nothing. */
  function hold(code) {
    onCard.fillStyle = "#fff";
    onCard.fillRect(0, 0, card.width, card.height);
    if (code) {
      const scale = Math.floor((card.height * 0.7) / (code.width + 8));
      const [left, top] = [card.width, card.height].map((side) => Math.floor((side - code.width * scale) / 2));
      onCard.fillStyle = "#000";
      for (let at = 0; at < code.dark.length; at++) {
        if (code.dark[at] === "1") onCard.fillRect(left + (at % code.width) * scale, top + Math.floor(at / code.width) * scale, scale, scale);
      }
    }
    film();
  }

  if (navigator.mediaDevices) {
    navigator.mediaDevices.getUserMedia = async () => {
      hold(null);
      setInterval(film, 100);
      return picture.captureStream();
    };
  }

  // --- the workers: Chromium slows down the page's own thread alone, so their answers are held back for what they would have taken longer
  let download = 0; // ms of the importer's work that are the network's, which is not slowed down

  const Quick = self.Worker;
  self.Worker = class extends Quick {
    #asked = performance.now();
    #wire = 0;

    postMessage(...all) {
      this.#asked = performance.now();
      this.#wire = all[0]?.pins ? download : 0;
      super.postMessage(...all);
    }

    set onmessage(hear) {
      super.onmessage = (event) => {
        const took = Math.max(0, performance.now() - this.#asked - this.#wire);
        setTimeout(hear, (SLOWER - 1) * took, event);
      };
    }
  };

  // --- what is measured
  async function shown(act) {
    const view = $("verdict");
    hold(null);
    await after(300 + Math.random() * 300);
    if (!view.hidden) $("next").click();
    await after(100 + Math.random() * 100);
    const there = turns(view, "a verdict", () => !view.hidden);
    const begun = performance.now();
    act();
    await there;
    await painted();
    return { took: performance.now() - begun, tone: view.dataset.tone, title: $("verdict-title").textContent, local: $("verdict-note").textContent !== "" };
  }

  /** The longest time without a frame, until the answer is called. */
  function frames() {
    let [last, longest, on] = [performance.now(), 0, true];
    const look = () => {
      const at = performance.now();
      longest = Math.max(longest, at - last);
      last = at;
      if (on) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return () => {
      on = false;
      look();
      return longest;
    };
  }

  self.bench = {
    /** How long the page's thread takes for something that is always the same. */
    async loop() {
      let [least, sum] = [Infinity, 0];
      for (let turn = 0; turn < 7; turn++) {
        const begun = performance.now();
        for (let n = 0; n < 20_000_000; n++) sum = (sum * 31 + n) | 0;
        least = Math.min(least, performance.now() - begun);
      }
      return { least, sum };
    },

    /** Chooses a night's gate; until its list is there. Before that the list is loaded once for itself, and weighed. */
    async open(event) {
      const path = `/api/v1/manifest?event=${event}`;
      const asked = performance.now();
      const answer = await fetch(path, { cache: "no-store", headers: { accept: "application/json" } });
      if (!answer.ok) throw new Error(`the list answered ${answer.status}`);
      const unpacked = (await answer.arrayBuffer()).byteLength;
      download = performance.now() - asked;
      const entry = () => performance.getEntriesByType("resource").find((one) => one.name.endsWith(path) && one.encodedBodySize);
      await until("the list's weight", entry);
      const gap = frames();
      const begun = performance.now();
      const there = turns($("status"), "the list", () => $("status").dataset.list === "yes");
      document.querySelector(`.gate[data-event="${event}"]`).click();
      await there;
      return { ready: performance.now() - begun, gap: gap(), download, unpacked, bytes: entry().encodedBodySize };
    },

    /** Until the camera films and its reader is there. */
    async filming() {
      await until("the camera", () => $("video").videoWidth > 0 && $("video").readyState >= 2);
    },

    /** Until the page knows whether there is a network. */
    async online(yes) {
      await until("the network's state", () => navigator.onLine === yes);
    },

    /** A code comes into view → its verdict is painted. */
    scan: (code) => shown(() => hold(code)),

    /** A code is sent off by its field → its verdict is painted. */
    type: (text) => shown(() => { $("code").value = text; $("typed").requestSubmit(); }),
  };
})();

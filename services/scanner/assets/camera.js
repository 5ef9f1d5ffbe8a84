// The camera: shows it, reads codes from it, and says in a word what is wrong when there is none.

const FRAME_WIDTH = 640;
const PAUSE = 60; // between two frames, so that a phone does not grow hot over a night

/** A reader of codes over a video element. `onCode(text)` for each code seen; `onState(word)` for what to tell; `onAbilities({torch,
 *  zoom})` once it runs; `rest(yes)`: reads nothing for now; `chosen()` gives the id of the camera to use, or "" for the one on the back. */
export function makeCamera({ video, workerUrl, chosen, onCode, onState, onAbilities }) {
  let stream = null;
  let watching = false;
  let resting = false;
  let decode = null;

  async function start() {
    if (!navigator.mediaDevices?.getUserMedia) return onState("camera-missing");
    if (stream) return;
    onState("camera-starting");
    try {
      // At the same time: both take a moment.
      [stream, decode] = await Promise.all([openCamera(chosen()), decode ?? makeDecoder(workerUrl)]);
    } catch (error) {
      return onState(wordFor(error));
    }
    const track = stream.getVideoTracks()[0];
    track.addEventListener("ended", () => { stop(); onState("camera-busy"); });
    video.srcObject = stream;
    await video.play().catch(() => {});
    onState("");
    onAbilities(abilitiesOf(track));
    if (!watching) { watching = true; watch(); }
  }

  function stop() {
    watching = false;
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
  }

  async function watch() {
    while (watching) {
      if (!resting && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !document.hidden) {
        const text = await decode(video).catch(() => "");
        if (text && watching) onCode(text);
      }
      await new Promise((go) => setTimeout(go, PAUSE));
    }
  }

  /** Switches the light or the zoom; whether it did. */
  async function adjust(change) {
    const track = stream?.getVideoTracks()[0];
    return track ? track.applyConstraints({ advanced: [change] }).then(() => true, () => false) : false;
  }

  return { start, stop, adjust, rest(yes) { resting = yes; }, get running() { return stream !== null; } };
}

/** The cameras of this phone. */
export async function cameras() {
  const all = await navigator.mediaDevices?.enumerateDevices?.().catch(() => []);
  return (all ?? []).filter((device) => device.kind === "videoinput" && device.deviceId);
}

function abilitiesOf(track) {
  const can = track.getCapabilities?.() ?? {};
  const zoom = can.zoom && can.zoom.max > can.zoom.min ? { min: can.zoom.min, max: can.zoom.max, step: can.zoom.step || 0.1 } : null;
  return { torch: can.torch === true, zoom };
}

async function openCamera(id) {
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const open = (which) => navigator.mediaDevices.getUserMedia({ video: { ...which, ...size }, audio: false });
  if (!id) return open({ facingMode: "environment" });
  // The camera that was chosen may be another phone's, or pulled out.
  return open({ deviceId: { exact: id } }).catch((error) => {
    if (error.name === "OverconstrainedError" || error.name === "NotFoundError") return open({ facingMode: "environment" });
    throw error;
  });
}

function wordFor(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "camera-refused";
  if (error.name === "NotReadableError" || error.name === "AbortError") return "camera-busy";
  return "camera-missing";
}

/** `async (video) => text`: the browser's own detector where it reads QR codes, else WebAssembly in a worker. */
async function makeDecoder(workerUrl) {
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? "";
  }
  return decodeInWorker(workerUrl);
}

async function decodeInWorker(url) {
  const worker = new Worker(url);
  const answer = () => new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
  });
  const { broken } = await answer();
  if (broken) throw new Error("no decoder");
  const canvas = new OffscreenCanvas(FRAME_WIDTH, FRAME_WIDTH);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, FRAME_WIDTH / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const frame = context.getImageData(0, 0, canvas.width, canvas.height);
    const answered = answer();
    worker.postMessage(frame, [frame.data.buffer]);
    return (await answered).text;
  };
}

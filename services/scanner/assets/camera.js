// The camera: shows it, reads codes from it, and says in a word what is wrong when there is none.

const FRAME_WIDTH = 640;
const PAUSE = 60; // between two frames, so that a phone does not grow hot over a night

/** A reader of codes over a video element. `onCode(text)` for each code seen; `onState(word)` for what to tell. */
export function makeCamera({ video, workerUrl, onCode, onState }) {
  let stream = null;
  let watching = false;
  let decode = null;

  async function start() {
    if (!navigator.mediaDevices?.getUserMedia) return onState("camera-missing");
    onState("camera-starting");
    try {
      // At the same time: both take a moment.
      [stream, decode] = await Promise.all([openCamera(), decode ?? makeDecoder(workerUrl)]);
    } catch (error) {
      return onState(wordFor(error));
    }
    stream.getVideoTracks()[0].addEventListener("ended", () => { stop(); onState("camera-busy"); });
    video.srcObject = stream;
    await video.play().catch(() => {});
    onState("");
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
      if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && !document.hidden) {
        const text = await decode(video).catch(() => "");
        if (text && watching) onCode(text);
      }
      await new Promise((go) => setTimeout(go, PAUSE));
    }
  }

  return { start, stop, get running() { return stream !== null; } };
}

function openCamera() {
  const video = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
  return navigator.mediaDevices.getUserMedia({ video, audio: false });
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

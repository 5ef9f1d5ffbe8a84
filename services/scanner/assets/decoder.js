// The decoder for browsers without BarcodeDetector, in a worker, so that a hard frame never makes the page stutter.
// A classic worker: the vendored reader is one plain script.
importScripts("asset:zxing-reader.js");

ZXingWASM.setZXingModuleOverrides({ locateFile: () => "asset:zxing_reader.wasm" });
const options = { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: false };

// One empty frame starts the WebAssembly before the first guest stands there.
ZXingWASM.readBarcodes(new ImageData(8, 8), options).then(
  () => postMessage({ ready: true }),
  () => postMessage({ broken: true }),
);

onmessage = async ({ data: frame }) => {
  try {
    const [found] = await ZXingWASM.readBarcodes(frame, options);
    postMessage({ text: found?.isValid ? found.text : "" });
  } catch {
    postMessage({ text: "" });
  }
};

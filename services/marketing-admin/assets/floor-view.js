// How much of the plan is seen: zoom, and the part in view. The picture is as large as the zoom says inside a frame that scrolls.

const [NEAREST, STEP] = [4, 1.25];

/** The view of a plan's svg in its frame. `size` gives the plan's size; `changed` is called when the scale is another. */
export function makeView(frame, svg, size, changed) {
  let scale = 0;

  const fitting = () => {
    const { width, height } = size();
    return Math.min(frame.clientWidth / width, frame.clientHeight / height) || 0.1;
  };
  // The whole plan is the furthest away: there is nothing to see around it.
  const within = (wanted) => Math.min(Math.max(wanted, fitting()), Math.max(NEAREST, fitting()));

  function apply() {
    const { width, height } = size();
    svg.style.width = `${Math.floor(width * scale)}px`;
    svg.style.height = `${Math.floor(height * scale)}px`;
    changed();
  }

  const view = {
    /** How many of the plan's units one pixel is. */
    get unit() { return 1 / scale; },

    /** A point of the screen on the plan. */
    point(clientX, clientY) {
      const box = svg.getBoundingClientRect();
      return [(clientX - box.left) / scale, (clientY - box.top) / scale];
    },

    /** The middle of what is seen, on the plan. */
    centre() {
      const box = frame.getBoundingClientRect();
      const [x, y] = view.point(box.left + box.width / 2, box.top + box.height / 2);
      return [Math.min(Math.max(x, 0), size().width), Math.min(Math.max(y, 0), size().height)];
    },

    fit() {
      // On a phone the frame is as high as the plan needs; beside the list the style sheet says how high.
      const { width, height } = size();
      frame.style.aspectRatio = `${width} / ${height}`;
      scale = fitting();
      apply();
    },

    /** Nearer (above 1) or further, around a point of the screen; by default the frame's middle. */
    zoom(by, clientX, clientY) {
      const box = frame.getBoundingClientRect();
      const [atX, atY] = [clientX ?? box.left + box.width / 2, clientY ?? box.top + box.height / 2];
      const [x, y] = view.point(atX, atY);
      scale = within(scale * by);
      apply();
      const now = svg.getBoundingClientRect();
      frame.scrollLeft += now.left + x * scale - atX;
      frame.scrollTop += now.top + y * scale - atY;
    },

    nearer: () => view.zoom(STEP),
    further: () => view.zoom(1 / STEP),

    /** Pushes the plan along with a finger; where it ends, the page goes on. */
    pan(dx, dy) {
      const before = frame.scrollTop;
      frame.scrollLeft -= dx;
      frame.scrollTop -= dy;
      const rest = dy + (frame.scrollTop - before);
      if (Math.abs(rest) >= 1) window.scrollBy(0, -rest);
    },

    /** Brings a box (of the plan) into the frame if any of it is outside. */
    reveal({ left, right, top, bottom }) {
      const margin = 48;
      const [box, picture] = [frame.getBoundingClientRect(), svg.getBoundingClientRect()];
      const [x, y] = [picture.left - box.left, picture.top - box.top];
      const over = (low, high, most) => (low < margin ? low - margin : high > most - margin ? Math.min(high - most + margin, low - margin) : 0);
      frame.scrollLeft += over(x + left * scale, x + right * scale, box.width);
      frame.scrollTop += over(y + top * scale, y + bottom * scale, box.height);
    },

    /** The plan or the frame has another size: as near as before, or whole if it was. */
    resized(wasWhole) {
      scale = wasWhole ? fitting() : within(scale);
      apply();
    },

    get isWhole() { return scale <= fitting() * 1.02; },
  };

  let whole = true;
  const noted = view.zoom;
  view.zoom = (...how) => { noted(...how); whole = view.isWhole; };
  const fit = view.fit;
  view.fit = () => { fit(); whole = true; };
  new ResizeObserver(() => view.resized(whole)).observe(frame);
  frame.addEventListener("wheel", (event) => {
    // A trackpad's pinch comes as a wheel with Ctrl.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    view.zoom(Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
  }, { passive: false });
  return view;
}

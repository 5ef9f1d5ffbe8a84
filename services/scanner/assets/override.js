// A supervisor lets somebody in against the rule, says why, and answers for it. Only with the network: the club keeps who did it.
import { told, word } from "asset:words.js";

const $ = (id) => document.getElementById(id);
const PATIENCE = 5000;
/** Reasons that may stand aside, as `Reason::may_be_overridden` has them; the server decides. */
const MAY = ["too_early", "too_late", "stale_code", "wrong_gate", "already_inside", "full", "no_reentry", "blocked", "banned", "disputed", "unpaid", "unapproved"];

/** `onOpen()` before it is asked why; `onAnswer(verdict, scan, nonce)`, `onRefused(why)` after. */
export function makeOverride({ onOpen, onAnswer, onRefused }) {
  const sheet = $("override-sheet");
  const button = $("override");
  let scan = null;

  /** Shows the button under a denial that may stand aside. */
  function offer(denied, verdict) {
    const may = "supervises" in told && verdict.decision === "deny" && denied.code && denied.direction === "entry" && MAY.includes(verdict.reason);
    scan = may ? denied : null;
    button.hidden = !may;
  }

  button.addEventListener("click", (event) => {
    event.stopPropagation();
    onOpen();
    $("override-note").value = "";
    sheet.showModal();
  });

  sheet.querySelector("form").addEventListener("submit", async (event) => {
    const note = $("override-note").value.trim();
    if (event.submitter?.value !== "let-in") return;
    if (!note) return event.preventDefault();
    const { code, event: night, gate } = scan;
    const nonce = crypto.randomUUID();
    const answer = await send({ code, event: night, gate, nonce, scanned_at: new Date().toISOString(), note });
    if (answer?.status === 200) onAnswer(answer.body, { ...scan, note }, nonce);
    else onRefused(answer?.body?.detail || word(answer ? "override-refused" : "override-no-answer"));
  });

  return { offer };
}

async function send(body) {
  try {
    const response = await fetch(`/api/v1/overrides?lang=${document.documentElement.lang}`, {
      method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE), cache: "no-store",
    });
    return { status: response.status, body: await response.json().catch(() => null) };
  } catch {
    return null;
  }
}

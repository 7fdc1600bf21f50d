// What a learner has predicted, kept in this browser alone.
import { element } from "./dom.js";

const PLACE = "nnviz-predictions";

export function render({ data, parentElement }) {
  const mount = parentElement.querySelector(".nv-mount");
  const kept = read();
  for (const { name, right } of data.answers) kept[name] ??= right; // the first answer counts: it was the prediction
  write(kept);
  const tell = () => {
    const answers = Object.values(read());
    const right = answers.filter(Boolean).length;
    const clear = element("button", { type: "button", class: "nv-quiet", title: "Forget all predictions of this browser" }, "Clear");
    clear.onclick = () => { write({}); tell(); };
    const words = answers.length ? `Your predictions so far: ${answers.length} made, ${right} right at first go. Kept in this browser alone.` : "Your predictions are counted here, in this browser alone.";
    mount.replaceChildren(element("p", { class: "nv-progress", role: "status" }, words, " ", ...(answers.length ? [clear] : [])));
  };
  tell();
  return () => {};
}

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? "{}");
    return typeof kept === "object" && kept !== null && !Array.isArray(kept) ? kept : {};
  } catch {
    return {}; // storage is switched off, or holds what we did not write: begin anew
  }
}

function write(kept) {
  try {
    localStorage.setItem(PLACE, JSON.stringify(kept));
  } catch {
    return; // storage is switched off: the tally lasts for this visit's page
  }
}

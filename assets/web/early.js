// The first picture. Streamlit's own page takes a second to start; until it has, the stage stands in a cover over it.
import { open } from "./stage.js";

const LONGEST = 20000; // milliseconds: whatever keeps Streamlit from starting has to be seen then

const cover = document.querySelector(".nv-early");
cover.dataset.theme = chosenTheme();
setTimeout(() => cover.remove(), LONGEST);
font();
if (cover.isConnected) await open(JSON.parse(cover.querySelector("script").textContent), cover); // else Streamlit was quicker
window.startStreamlit();

// The theme that Streamlit remembers for this page: Light, Dark or System.
function chosenTheme() {
  try {
    return JSON.parse(localStorage.getItem(`stActiveTheme-${location.pathname}-v2`)) ?? "System";
  } catch {
    return "System"; // what is kept there is Streamlit's affair
  }
}

// Streamlit's own font, so that no word changes its width when Streamlit comes.
function font() {
  const file = document.querySelector("link[rel=preload][as=font]")?.href;
  if (!file) return;
  const face = new FontFace("Source Sans", `url(${file})`, { weight: "200 900" });
  document.fonts.add(face);
  face.load();
}

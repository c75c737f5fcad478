// Sends the chosen files one after the other, with a bar for each. What becomes of them, the list below asks the server.
const form = document.querySelector("[data-upload]");
const input = form.querySelector("input[type='file']");
const drop = form.querySelector(".drop");
const sending = document.getElementById("sending");
const uploads = document.getElementById("uploads");
const said = document.getElementById("said");
const limit = Number(form.dataset.limit);
const SAID_EVERY = 25; // percent
const MIB = 1024 * 1024;
let queue = Promise.resolve();

function line(file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = file.name;
  const stop = document.createElement("button");
  stop.type = "button";
  stop.className = "button small plain";
  stop.textContent = "Cancel";
  stop.setAttribute("aria-label", `Cancel ${file.name}`);
  const bar = document.createElement("progress");
  bar.className = "meter";
  bar.max = file.size || 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Sending ${file.name}`);
  item.append(name, stop, bar);
  sending.append(item);
  return { item, stop, bar };
}

function fail(row, file, message) {
  const problem = document.createElement("p");
  problem.className = "problem";
  problem.textContent = message;
  row.bar.replaceWith(problem);
  row.stop.textContent = "Dismiss";
  row.stop.setAttribute("aria-label", `Dismiss ${file.name}`);
  row.stop.onclick = () => row.item.remove();
  said.textContent = `${file.name}: ${message}`;
}

function answerOf(request) {
  try {
    return JSON.parse(request.responseText).message;
  } catch {
    return undefined;
  }
}

function send(file, row) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    let told = 0;
    request.upload.onprogress = (event) => {
      row.bar.value = event.loaded;
      const percent = Math.floor((event.loaded / (event.total || 1)) * 100);
      if (percent < told + SAID_EVERY) return;
      told = percent - (percent % SAID_EVERY);
      said.textContent = `${file.name}: ${told} % sent`;
    };
    request.onload = () => {
      if (request.status === 201) row.item.remove();
      else fail(row, file, answerOf(request) ?? `The server did not take it (${request.status}). Try again.`);
      htmx.trigger(uploads, "sent");
    };
    request.onerror = () => fail(row, file, "The connection broke off. Send the file again.");
    request.onabort = () => row.item.remove();
    request.onloadend = resolve;
    row.stop.onclick = () => request.abort();
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name.slice(-200).toWellFormed()));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(file);
  });
}

function take(files) {
  for (const file of files) {
    const row = line(file);
    let cancelled = false;
    row.stop.onclick = () => {
      cancelled = true;
      row.item.remove();
    };
    if (!file.size) fail(row, file, "The file is empty.");
    else if (file.size > limit) fail(row, file, `The file is larger than ${limit / MIB} MiB, which is the limit here. Compress or split it.`);
    else queue = queue.then(() => (cancelled ? undefined : send(file, row)));
  }
}

form.addEventListener("submit", (event) => event.preventDefault());
input.addEventListener("change", () => {
  take([...input.files]);
  input.value = "";
});

for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  take([...event.dataTransfer.files]);
});

// An unfolded list of reasons stays as it is while somebody reads it.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (uploads.contains(event.target) && event.target !== uploads && uploads.querySelector("details[open]")) event.preventDefault();
});

const news = () => new Map([...uploads.querySelectorAll("[data-news]")].map((item) => [item.dataset.news, item]));
let known = news();
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== uploads) return;
  const fresh = news();
  for (const sentence of fresh.keys()) if (!known.has(sentence)) said.textContent = sentence;
  known = fresh;
});

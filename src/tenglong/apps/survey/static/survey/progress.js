// Waits for the batch to leave its working state, then opens what comes next.
const wait = document.getElementById("survey-wait");

async function look() {
  try {
    const answer = await fetch(wait.dataset.poll, { headers: { Accept: "application/json" } });
    if (answer.ok && (await answer.json()).state !== wait.dataset.state) {
      location.assign(wait.dataset.next);
      return;
    }
  } catch {
    // the server may be restarting: ask again
  }
  setTimeout(look, 800);
}

if (wait) look();

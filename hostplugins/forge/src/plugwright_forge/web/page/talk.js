// Talking with the forge: what it tells, and what a person says to it.

export function listen(hear, connected) {
  const source = new EventSource("events");
  source.onopen = () => connected(true);
  // A browser comes back by itself, with the number of the last message it read.
  source.onerror = () => connected(false, source.readyState === EventSource.CLOSED);
  source.onmessage = (event) => hear(JSON.parse(event.data));
  return source;
}

export async function send(where, what) {
  let response;
  try {
    response = await fetch(where, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(what),
    });
  } catch {
    throw new Error("Plugwright cannot be reached, so this was not kept. Try again.");
  }
  if (!response.ok) throw new Error((await response.text()).trim());
}

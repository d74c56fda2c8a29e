import { words } from "./words.js";

export class ApiError extends Error {
  constructor(message, status = 0, body = {}) {
    super(message);
    this.status = status;
    this.field = body.field ?? "";
    this.code = body.error ?? "";
  }
}

function xsrf() {
  return document.querySelector('meta[name="xsrf"]')?.content ?? "";
}

async function send(method, path, body) {
  const headers = { Accept: "application/json", "X-XSRFToken": xsrf() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const options = { method, headers, redirect: "manual", credentials: "same-origin" };
  if (body !== undefined) options.body = JSON.stringify(body);
  try {
    const response = await fetch(path, options);
    return { response, text: await response.text() };
  } catch {
    // Also where the answer breaks off.
    throw new ApiError(words.away);
  }
}

// Calls the API and returns its JSON, or null where there is none.
export async function call(method, path, body) {
  const { response, text } = await send(method, path, body);
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch { /* not JSON: only its status counts */ }
  if (response.ok) return answer;
  throw new ApiError(answer?.message || words.failed, response.status, answer ?? {});
}

// The owner-only file that opens the browser hands the ticket over in the fragment, which
// never leaves the browser; from here on it is a same-origin navigation.
const ticket = new URLSearchParams(location.hash.slice(1)).get("ticket");
if (ticket) location.replace(`/?ticket=${encodeURIComponent(ticket)}`);

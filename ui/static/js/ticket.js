// The owner-only file that opens the browser hands the ticket over in the fragment, which
// never leaves the browser; from here on it is a same-origin navigation.
const given = new URLSearchParams(location.hash.slice(1));
const ticket = given.get("ticket");
const to = given.get("to") ?? "/";
// Anybody can make a link with a fragment: it leads to nothing but a question.
const path = /^\/approvals\/[\w-]+$/.test(to) ? to : "/";
if (ticket) location.replace(`${path}?ticket=${encodeURIComponent(ticket)}`);

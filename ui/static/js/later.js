// Does what the person asked for before the page could do it; every listener is there by now.
import { catchUp as sendChanges } from "./calls.js";
import { catchUp as checkFields } from "./fields.js";
import { catchUp } from "./search.js";

const { form, submitter, button } = window.takeEarly();
if (form) form.requestSubmit(submitter);
else button?.click();
catchUp();
checkFields();
sendChanges();

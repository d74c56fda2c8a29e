import "./calls.js";
import "./connect.js";
import "./copy.js";
import "./dialogs.js";
import "./fields.js";
import "./live.js";
import "./printing.js";
import "./search.js";

// All of it is besides: each page works without.
import { tellAges } from "./ages.js";
import { restore } from "./drafts.js";
import "./forms.js";
import { enter, lay } from "./own.js";
import "./queue.js";
import "./thread.js";

const main = document.querySelector("main");
tellAges(main);
if (location.pathname === "/me" || location.pathname.startsWith("/me/")) enter();
for (const form of document.forms) restore(form);
lay(main);

// The lists from which one begins: a key begins with the first.

import { bindPage } from "./keys.js";

bindPage({ begin: () => document.querySelector("[data-first]")?.click() });
